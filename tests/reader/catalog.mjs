// Walks an OPDS 1.2 catalogue as a reader does, with the parser of foliate-js.
//
//     node catalog.mjs PACKAGES CHROMIUM FOLDER
//
// PACKAGES is the folder that holds node_modules, FOLDER the one of the catalogue. JSON: `feeds`,
// each with its address, title, facets and titles of publications, and `files`, the addresses of
// all books and pictures, with their types and the bytes that came.
//
// Nothing listens on a port: see read.mjs.
import fs from 'node:fs'
import { createRequire } from 'node:module'
import path from 'node:path'

const ORIGIN = 'https://reader.test'
const KINDS = { '.js': 'text/javascript', '.xml': 'application/xml' }
const [packages, chromium, folder] = process.argv.slice(2)
const puppeteer = createRequire(path.join(packages, 'package.json'))('puppeteer-core')

function answer(url) {
    const name = path.posix.normalize(decodeURIComponent(url.pathname))
    if (name === '/') return { contentType: 'text/html', body: '<!DOCTYPE html><title>reader</title>' }
    const file = name.startsWith('/foliate-js/') ? path.join(packages, 'node_modules', name)
        : path.join(folder, name)
    if (!fs.existsSync(file)) return { status: 404 }
    const contentType = KINDS[path.extname(file)] ?? 'application/octet-stream'
    return { contentType, body: fs.readFileSync(file) }
}

// In the browser.
async function walk(root) {
    const { getFeed, isOPDSCatalog } = await import('/foliate-js/opds.js')
    const ask = async url => {
        const response = await fetch(url)
        if (!response.ok) throw new Error(`${response.status}: ${url}`)
        return response
    }
    const feeds = [], files = {}
    const todo = [new URL(root, location.href).href], known = new Set(todo)
    while (todo.length) {
        const url = todo.shift()
        const text = await (await ask(url)).text()
        const doc = new DOMParser().parseFromString(text, 'application/xml')
        if (doc.querySelector('parsererror')) throw new Error(`no XML: ${url}`)
        const feed = getFeed(doc)
        const links = [...feed.navigation ?? [], ...feed.facets.flatMap(f => f.links),
            ...feed.links.filter(link => link.rel.includes('next'))]
        for (const { href, type } of links) {
            if (!isOPDSCatalog(type)) throw new Error(`no feed: ${href}`)
            const next = new URL(href, url).href
            if (!known.has(next)) todo.push(next), known.add(next)
        }
        for (const { links, images } of feed.publications ?? []) {
            const acquired = links.filter(l => l.rel.some(r => r.includes('/acquisition')))
            for (const { href, type } of [...acquired, ...images]) {
                const file = new URL(href, url).href
                files[file] ??= { type, size: (await (await ask(file)).arrayBuffer()).byteLength }
            }
        }
        feeds.push({
            url,
            title: feed.metadata.title,
            groups: feed.groups.length,
            facets: feed.facets.map(f => [f.metadata.title, ...f.links.map(l => l.title)]),
            active: feed.facets.flatMap(f => f.links).filter(l => l.rel.includes('self'))
                .map(l => l.title),
            publications: (feed.publications ?? []).map(p => p.metadata.title),
            images: (feed.publications ?? []).map(p => p.images.length),
        })
    }
    return { feeds, files }
}

const asRoot = process.getuid?.() === 0
const browser = await puppeteer.launch({
    executablePath: chromium,
    args: ['--disable-gpu', '--disable-dev-shm-usage', ...asRoot ? ['--no-sandbox'] : []],
})
try {
    const page = await browser.newPage()
    await page.setRequestInterception(true)
    page.on('request', asked => asked.respond(answer(new URL(asked.url()))))
    await page.goto(ORIGIN)
    console.log(JSON.stringify(await page.evaluate(walk, 'catalog.xml')))
} finally {
    await browser.close()
}
