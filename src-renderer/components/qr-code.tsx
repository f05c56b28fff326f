import QRCode from 'qrcode';
import { useMemo } from 'react';

const QUIET = 4;

/** `value` as a QR code, always dark on light. Show `value` as text beside it: not everybody has a camera. */
export function QrCode({ value, label }: { value: string; label: string }) {
  const { size, path } = useMemo(() => draw(value), [value]);
  const edge = size + 2 * QUIET;
  return (
    <svg className="qr" viewBox={`0 0 ${edge} ${edge}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <rect width={edge} height={edge} fill="#ffffff" />
      <path d={path} fill="#1a1410" />
    </svg>
  );
}

function draw(value: string): { size: number; path: string } {
  const { modules } = QRCode.create(value, { errorCorrectionLevel: 'M' });
  const cells = Array.from({ length: modules.size ** 2 }, (_, index) => index).filter((index) => modules.data[index]);
  const path = cells
    .map((index) => `M${QUIET + (index % modules.size)} ${QUIET + Math.floor(index / modules.size)}h1v1h-1z`)
    .join('');
  return { size: modules.size, path };
}
