// Opens books in foliate-js in headless Chromium and turns their pages to the end.
//
//     node read.mjs PACKAGES CHROMIUM REQUEST
//
// PACKAGES is the folder that holds node_modules. REQUEST is JSON: `books`, a list of paths, and
// if pictures of the pages are wanted `shots`, a folder for each book, `dark`, and `own` if the
// reader chooses no face; `size` is the width and height of the window. For each book one line of
// JSON: what page.js saw, and `errors`, `remote` (addresses that were asked for and refused) and
// `missing` (files of the reader's own origin that are not there).
//
// Nothing listens on a port: the browser asks for an origin that does not exist, and every
// request is answered from here or refused.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'
import { fileURLToPath } from 'node:url'

const ORIGIN = 'https://reader.test'
const KINDS = { '.js': 'text/javascript', '.html': 'text/html' }
// Of the reader itself, with every book: it shows sections in frames of its own origin.
const KNOWN = /allow-scripts and allow-same-origin/
const HERE = path.dirname(fileURLToPath(import.meta.url))
const SHELL = '<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>reader</title>'
    + '<style>html, body { height: 100%; margin: 0 } foliate-view { display: block; height: 100% }'
    + '</style><script type="module" src="/page.js"></script></html>'

const [packages, chromium, request] = process.argv.slice(2)
const { books, shots, dark, own, size: [width, height] } = JSON.parse(request)
const puppeteer = createRequire(path.join(packages, 'package.json'))('puppeteer-core')

function answer(pathname, book) {
    if (pathname === '/') return { contentType: KINDS['.html'], body: SHELL }
    if (pathname === '/favicon.ico') return { status: 204 }
    const file = pathname === '/book' ? book
        : pathname === '/page.js' ? path.join(HERE, 'page.js')
        : path.join(packages, 'node_modules', path.posix.normalize(pathname))
    if (!fs.existsSync(file)) return { status: 404 }
    const contentType = KINDS[path.extname(file)] ?? 'application/octet-stream'
    return { contentType, body: fs.readFileSync(file) }
}

async function read(browser, book, folder) {
    const seen = { errors: new Set(), remote: new Set(), missing: new Set() }
    const page = await browser.newPage()
    await page.setViewport({ width, height })
    if (dark) await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: 'dark' }])
    await page.setRequestInterception(true)
    page.on('request', asked => {
        const url = new URL(asked.url())
        if (['blob:', 'data:', 'about:'].includes(url.protocol)) return asked.continue()
        if (url.origin !== ORIGIN) {
            seen.remote.add(asked.url())
            return asked.abort()
        }
        const given = answer(decodeURI(url.pathname), book)
        if (given.status === 404) seen.missing.add(url.pathname)
        // No script of a book's may run.
        return asked.respond({ headers: { 'Content-Security-Policy': "script-src 'self'" }, ...given })
    })
    page.on('pageerror', error => seen.errors.add(String(error)))
    page.on('console', message => {
        if (!['error', 'warn'].includes(message.type()) || KNOWN.test(message.text())) return
        seen.errors.add(message.text().split('\n')[0])
    })
    try {
        await page.goto(ORIGIN)
        await page.waitForFunction('window.reader')
        const look = { shown: Boolean(folder), dark: Boolean(dark), own: Boolean(own) }
        const opened = await page.evaluate(look => window.reader.open(look), look)
        const turned = folder ? await photograph(page, folder)
            : await page.evaluate(() => window.reader.readOn(Infinity))
        const sections = await page.evaluate(() => window.reader.sections)
        const notes = await page.evaluate(() => window.reader.notes())
        const sets = Object.entries(seen).map(([name, found]) => [name, [...found]])
        return { ...opened, ...turned, sections, notes, ...Object.fromEntries(sets) }
    } finally {
        await page.close()
    }
}

async function photograph(page, folder) {
    fs.mkdirSync(folder, { recursive: true })
    for (let number = 1; ; number++) {
        const name = `${String(number).padStart(4, '0')}.png`
        await page.screenshot({ path: path.join(folder, name) })
        const turned = await page.evaluate(() => window.reader.readOn(1))
        if (turned.end || turned.stuck) return { ...turned, pages: number }
    }
}

const root = process.getuid?.() === 0
const browser = await puppeteer.launch({
    executablePath: chromium,
    args: ['--disable-gpu', '--disable-dev-shm-usage', ...root ? ['--no-sandbox'] : []],
})
try {
    for (const [number, book] of books.entries())
        console.log(JSON.stringify(await read(browser, book, shots?.[number])))
} finally {
    await browser.close()
}
