// Reads a JSON array of texts; writes for each its first and last day, "" for an open end, or null if it is refused.
import edtf from 'edtf'

const day = (moment) => (Number.isFinite(moment) ? new Date(moment).toISOString().replace(/T.*/, '') : '')

const opinion = (text) => {
  try {
    const value = edtf(text)
    return [value.min, value.max].map((end) => (end === null ? '' : day(end)))
  } catch {
    return null
  }
}

let input = ''
for await (const chunk of process.stdin) input += chunk
process.stdout.write(JSON.stringify(JSON.parse(input).map(opinion)))
