// In the browser: the book in foliate-js, and what can be seen of each section it shows.
import '/foliate-js/view.js'
import { FootnoteHandler } from '/foliate-js/footnotes.js'

// The reader waits a tenth of a second after each turn, for the sake of fingers.
const timer = window.setTimeout
window.setTimeout = (task, delay, ...more) => timer(task, Math.min(delay ?? 0, 5), ...more)

const FACE = 'A face that the reader chose'
const OPS = 'http://www.idpf.org/2007/ops'
const sections = {}
const waiting = []
let view

const round = number => Math.round(number * 100) / 100
const shortened = text => text.replace(/\s+/g, ' ').trim().slice(0, 40)

async function pictures(doc) {
    const failed = []
    for (const image of doc.images) {
        await image.decode().catch(() => {})
        if (!image.naturalWidth) failed.push(image.alt)
    }
    return { pictures: doc.images.length, failed }
}

const isVertical = doc =>
    doc.defaultView.getComputedStyle(doc.documentElement).writingMode === 'vertical-rl'

// What has no room on the page and cannot be moved to and fro: the reader cuts it off. In
// columns neither what is longer than one nor what is broader than the page has room.
function broad(doc) {
    const look = element => doc.defaultView.getComputedStyle(element)
    const root = look(doc.documentElement)
    const line = parseFloat(root.columnWidth)
    const page = doc.documentElement.clientWidth
        - parseFloat(root.paddingLeft) - parseFloat(root.paddingRight)
    const cut = isVertical(doc)
        ? box => box.height > line + 1 || box.width > page + 1
        : box => box.width > line + 1
    const found = []
    for (const element of doc.body.querySelectorAll('img, svg, table, pre, mrow, p, figure, li')) {
        let holder = element
        while (holder && look(holder).overflowX !== 'auto') holder = holder.parentElement
        const boxes = [...element.getClientRects()] // one for each page
        if (!holder && boxes.some(cut))
            found.push(`${element.localName} ${shortened(element.textContent)}`)
    }
    return found
}

// Whether a box is on a later page: pages lie side by side, those of columns one below the other.
const turned = (doc, before, after) =>
    isVertical(doc) ? after.top > before.bottom : after.left > before.right

// Pictures whose caption is on another page.
const parted = doc => [...doc.querySelectorAll('figure')].filter(figure => {
    const [image, caption] = ['img', 'figcaption'].map(name => figure.querySelector(name))
    return image && caption
        && turned(doc, image.getBoundingClientRect(), caption.getBoundingClientRect())
}).map(figure => shortened(figure.textContent))

// Headings, and heads of tables, that stand at the end of a page without what follows them.
function lonely(doc) {
    const pairs = [
        ...[...doc.querySelectorAll('h1, h2, h3, h4, h5, h6')].map(h => [h, h.nextElementSibling]),
        ...[...doc.querySelectorAll('thead')].map(head => [head, head.nextElementSibling?.rows?.[0]]),
    ]
    return pairs.filter(([head, next]) => {
        const above = [...head.getClientRects()].at(-1)
        const below = next?.getClientRects()[0]
        return above && below && turned(doc, above, below)
    }).map(([head]) => shortened(head.textContent))
}

function style(doc) {
    const look = element => doc.defaultView.getComputedStyle(element)
    const of = (selector, read) => [...new Set([...doc.querySelectorAll(selector)].map(read))]
    const em = (element, length) => round(parseFloat(length) / parseFloat(look(element).fontSize))
    const text = 'section.text > p:not([class])'
    return {
        writing: look(doc.documentElement).writingMode,
        indents: of(text, p => em(p, look(p).textIndent)),
        aligned: of(text, p => look(p).textAlign),
        strict: of(text, p => look(p).lineBreak),
        faces: of(text, p => look(p).fontFamily),
        rare: of('[class^="rare"]', span => `${span.textContent} ${look(span).fontFamily}`),
        loaded: [...doc.fonts].filter(face => face.status === 'loaded').map(face => face.family),
        headings: of('h1, h2, h3', h => `${look(h).textAlign} ${look(h).breakAfter}`),
        slanted: of('em, i, cite, dfn, var, address',
            e => e.closest('[lang]')?.lang.startsWith('zh') ? look(e).fontStyle : 'foreign'),
        dotted: of('em',
            e => e.closest('[lang]')?.lang.startsWith('zh') ? look(e).textEmphasisStyle : 'foreign'),
    }
}

async function inspect(doc, index) {
    await doc.fonts.ready
    sections[index] = {
        id: view.book.sections[index].id,
        title: doc.title,
        letters: doc.body.textContent.replace(/\s/g, '').length,
        drawn: doc.querySelectorAll('img, svg, math').length,
        broad: broad(doc),
        lonely: lonely(doc),
        parted: parted(doc),
        style: style(doc),
        ...await pictures(doc),
    }
}

async function leadsSomewhere(href) {
    const { index, anchor } = view.book.resolveHref(href) ?? {}
    const section = view.book.sections[index]
    if (!section) return false
    return !href.includes('#') || Boolean(anchor(await section.createDocument()))
}

// Addresses of a list of contents that lead nowhere, and how many there are in all.
async function followed(items) {
    const result = { count: 0, lost: [] }
    for (const item of items ?? []) {
        result.count += 1
        if (!item.href || !await leadsSomewhere(item.href)) result.lost.push(item.label ?? item.href)
        const below = await followed(item.subitems)
        result.count += below.count
        result.lost.push(...below.lost)
    }
    return result
}

async function open({ shown, dark, own }) {
    const book = await (await fetch('/book')).blob()
    view = document.createElement('foliate-view')
    document.body.append(view)
    view.addEventListener('load', ({ detail: { doc, index } }) => waiting.push(inspect(doc, index)))
    await view.open(new File([book], 'book.epub'))
    view.renderer.setAttribute('max-column-count', 1)
    const colours = dark ? 'html { color-scheme: dark; color: #ddd; background: #111 }' : ''
    const face = shown ? 'serif' : `"${FACE}"`
    const chosen = own ? '' : `html, body { font-family: ${face} !important }`
    view.renderer.setStyles(`${chosen} ${colours}`)
    await view.init({})
    await Promise.all(waiting)
    const { metadata, dir, toc, pageList, landmarks } = view.book
    return {
        title: metadata.title, language: metadata.language, direction: dir ?? '',
        spine: view.book.sections.map(section => section.id),
        contents: await followed(toc),
        pageList: await followed(pageList),
        landmarks: await followed(landmarks),
        cover: (await view.book.getCover?.())?.size ?? 0,
    }
}

const place = () =>
    `${view.renderer.getContents().map(shown => shown.index)}:${view.renderer.page}`

// Turns at most so many pages; `pages` counts those that were seen.
async function readOn(most) {
    for (let pages = 1; ; pages++) {
        const before = place()
        const last = view.renderer.atEnd
        if (pages > most) return { pages, end: false, stuck: false }
        await view.next()
        await Promise.all(waiting)
        if (place() === before) return { pages, end: last, stuck: !last }
    }
}

// What the reader shows in a window of its own for each reference to a note.
async function notes() {
    const shown = []
    for (const section of view.book.sections) {
        const doc = await section.createDocument()
        for (const a of doc.getElementsByTagName('a')) {
            if (a.getAttributeNS(OPS, 'type') !== 'noteref') continue
            const href = section.resolveHref(a.getAttribute('href'))
            const handler = new FootnoteHandler()
            const note = { from: section.id, mark: a.textContent, kind: '', text: '' }
            handler.addEventListener('before-render', ({ detail }) => {
                detail.view.style.visibility = 'hidden'
                document.body.append(detail.view)
            })
            handler.addEventListener('render', ({ detail }) => {
                note.kind = detail.type
                note.hidden = detail.hidden
                note.text = shortened(detail.view.renderer.getContents()[0].doc.body.textContent)
            })
            const event = new CustomEvent('link', { detail: { a, href }, cancelable: true })
            await handler.handle(view.book, event)?.catch(error => { note.text = String(error) })
            shown.push(note)
        }
    }
    return shown
}

window.reader = { open, readOn, notes, sections }
