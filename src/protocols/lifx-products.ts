/** The lamps of LIFX by their number, as the maker publishes them. */

const ROWS: readonly (readonly [name: string, ...numbers: number[]])[] = [
  ['LIFX Original 1000', 1],
  ['LIFX Color 650', 3],
  ['LIFX White 800', 10, 11],
  ['LIFX Color 1000', 15, 22],
  ['LIFX White 900 BR30', 18, 19],
  ['LIFX Color 1000 BR30', 20],
  ['LIFX A19', 27, 43, 62, 93, 97],
  ['LIFX BR30', 28, 44, 63, 94, 98],
  ['LIFX A19 Night Vision', 29, 45, 64, 109, 111],
  ['LIFX BR30 Night Vision', 30, 46, 65, 110, 112],
  ['LIFX Z', 31, 32, 117, 118],
  ['LIFX Downlight', 36, 37, 40, 121, 122],
  ['LIFX Downlight White to Warm', 39],
  ['LIFX Beam', 38, 119, 120],
  ['LIFX Mini Color', 49, 59],
  ['LIFX Mini White to Warm', 50, 60, 113, 114],
  ['LIFX Mini White', 51, 61, 66, 87, 88],
  ['LIFX GU10', 52, 53],
  ['LIFX Tile', 55],
  ['LIFX Candle', 57, 68],
  ['LIFX Switch', 70, 71, 89, 115, 116],
  ['LIFX Candle White to Warm', 81, 96],
  ['LIFX Filament Clear', 82, 100],
  ['LIFX Filament Amber', 85, 101],
  ['LIFX Clean', 90, 99],
  ['LIFX Color', 91, 92, 123, 124],
]

const names: string[] = []
ROWS.forEach(([name, ...numbers]) => {
  numbers.forEach(number => (names[number] = name))
})

/** What a product is called, or '' if it is newer than this list. */
export const lifxProduct = (number: number): string => names[number] ?? ''
