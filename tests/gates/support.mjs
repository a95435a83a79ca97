// Which features of these mails some mail program does not support, by caniemail's data.
//
// usage: node support.mjs FILE ...   prints {file: {feature: [clients]}} of errors as JSON
//
// The twenty are those with many readers of whom the data knows every feature that we use.

import { readFileSync } from 'node:fs'
import { caniemail } from 'caniemail'

export const clients = [
  'aol.desktop-webmail', 'apple-mail.ios', 'apple-mail.macos', 'fastmail.desktop-webmail',
  'gmail.android', 'gmail.desktop-webmail', 'gmail.ios', 'gmx.desktop-webmail',
  'hey.desktop-webmail', 'outlook.android', 'outlook.ios', 'outlook.macos',
  'outlook.outlook-com', 'outlook.windows', 'protonmail.desktop-webmail', 'samsung-email.android',
  'outlook.windows-mail', 'thunderbird.macos', 'yahoo.android', 'yahoo.desktop-webmail',
]

// One client at a time: the library throws where its data lacks a feature for one of several.
const errorsOf = (html, client) => [...(caniemail({ clients: [client], html }).issues.errors.get(client) ?? [])]

const told = {}
for (const file of process.argv.slice(2)) {
  const html = readFileSync(file, 'utf8')
  const features = (told[file] = {})
  for (const client of clients) {
    const titles = new Set(errorsOf(html, client).map((issue) => issue.title))
    for (const title of titles) (features[title] ??= []).push(client)
  }
}
console.log(JSON.stringify(told))
