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

// All clients at once; one at a time where the library throws, its data lacking a feature for one of several.
const errorsOf = (html) => {
  const asked = (chosen) => [...caniemail({ clients: chosen, html }).issues.errors]
  try {
    return asked(clients)
  } catch {
    return clients.flatMap((client) => asked([client]))
  }
}

const told = {}
for (const file of process.argv.slice(2)) {
  const html = readFileSync(file, 'utf8')
  const features = (told[file] = {})
  for (const [client, issues] of errorsOf(html)) {
    for (const title of new Set(issues.map((issue) => issue.title))) (features[title] ??= []).push(client)
  }
}
console.log(JSON.stringify(told))
