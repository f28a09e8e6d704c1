// Runs Ace by DAISY on books, in one Chromium for all of them.
//
//     node ace.mjs PACKAGES CHROMIUM FOLDER BOOK...
//
// PACKAGES is the folder that holds node_modules. The report of the first book becomes
// FOLDER/0/report.json, and so on.
import { createRequire } from 'node:module'
import path from 'node:path'

const [packages, chromium, folder, ...books] = process.argv.slice(2)
process.env.PUPPETEER_EXECUTABLE_PATH = chromium // the runner asks for a browser of its own
const require = createRequire(path.join(packages, 'package.json'))
const ace = require('@daisy/ace-core')
const runner = require('@daisy/ace-axe-runner-puppeteer')

let started
const shared = {
    ...runner,
    launch: () => started ??= runner.launch(),
    close: async () => {},
}
try {
    for (const [number, book] of books.entries()) {
        const outdir = path.join(folder, String(number))
        await ace(book, { cwd: process.cwd(), outdir, silent: true, jobid: book }, shared)
    }
} finally {
    if (started) await runner.close()
}
