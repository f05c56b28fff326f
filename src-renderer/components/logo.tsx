/** The hearth: an arch with a fire in it. */
export function Logo({ size = 32 }: { size?: number }) {
  return <img className="logo" src="./icon.svg" width={size} height={size} alt="" />;
}
