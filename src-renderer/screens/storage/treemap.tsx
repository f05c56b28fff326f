import type { StorageOverview } from '../../../src-main/control/contract.js';
import { type Text, useText } from '../../text/use-text.js';
import { treemapAreas } from './treemap-areas.js';

const [WIDTH, HEIGHT, GAP] = [900, 300, 3];
/** Areas smaller than this have no room for words; the table has them. */
const [WORDS_WIDE, WORDS_HIGH] = [130, 44];

/** Areas as large as what they stand for, and the same as a table. */
export function Treemap({ parts }: { parts: StorageOverview['parts'] }) {
  const text = useText();
  const sum = parts.reduce((total, { bytes }) => total + bytes, 0);
  const areas = treemapAreas(
    parts.map(({ bytes }) => bytes),
    { x: 0, y: 0, width: WIDTH, height: HEIGHT },
  );
  return (
    <>
      <svg className="treemap" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={text('storage.map')}>
        {parts.map(({ part, bytes }, index) => {
          const area = areas[index];
          if (!area) return null;
          const hasWords = area.width > WORDS_WIDE && area.height > WORDS_HIGH;
          return (
            <g key={part} className={`area area-${part}`}>
              <rect
                x={area.x + GAP / 2}
                y={area.y + GAP / 2}
                width={Math.max(1, area.width - GAP)}
                height={Math.max(1, area.height - GAP)}
                rx="6"
              />
              {hasWords && (
                <foreignObject x={area.x + 10} y={area.y + 8} width={area.width - 20} height={area.height - 16}>
                  <div className="area-words">
                    <span>{text(`storage.part-${part}`)}</span>
                    <strong>{text.bytes(bytes)}</strong>
                  </div>
                </foreignObject>
              )}
            </g>
          );
        })}
      </svg>
      <PartTable text={text} parts={parts} sum={sum} />
    </>
  );
}

function PartTable({ text, parts, sum }: { text: Text; parts: StorageOverview['parts']; sum: number }) {
  return (
    <table className="small-table">
      <thead>
        <tr>
          <th scope="col">{text('storage.part')}</th>
          <th scope="col">{text('storage.size')}</th>
          <th scope="col">{text('storage.share')}</th>
        </tr>
      </thead>
      <tbody>
        {parts.map(({ part, bytes }) => (
          <tr key={part}>
            <th scope="row">
              <span className="with-icon">
                <span className={`swatch area-${part}`} aria-hidden="true" />
                {text(`storage.part-${part}`)}
              </span>
            </th>
            <td>{text.bytes(bytes)}</td>
            <td>{text.percent(sum === 0 ? 0 : bytes / sum)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
