// What a person does at the page of the fake org at argv[2], in the Chromium at argv[3]: prints one JSON document of what
// was seen. With argv[4], a folder, it keeps pictures of the pages there, as docs/ shows them.
import { chromium } from 'playwright-core'

const [url, executablePath, pictures] = process.argv.slice(2)
const page_ = `${url}/__mock/`

// Chromium's own sandbox needs a user that isn't root, and nothing is loaded here but the fake org.
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'] })
const context = await browser.newContext({ viewport: { width: 1100, height: 640 }, locale: 'en-US' })
const page = await context.newPage()
const problems = []
const elsewhere = []
page.on('console', (message) => {
    const refused = /status of 400/.test(message.text()) // the form that is filled in wrongly on purpose
    if (['error', 'warning'].includes(message.type()) && !refused) problems.push(message.text())
})
page.on('pageerror', (error) => problems.push(String(error)))
page.on('dialog', (dialog) => { problems.push(`dialog: ${dialog.message()}`); dialog.dismiss() })
page.on('request', (request) => { if (!request.url().startsWith(url)) elsewhere.push(request.url()) })

const picture = async (name) => { if (pictures) await page.screenshot({ path: `${pictures}/${name}.png` }) }
const admin = (resource, options) => fetch(`${page_}${resource}`, { method: 'POST', ...options })
const advance = (ticks) => admin('advance', { body: JSON.stringify({ ticks }) })
const states = () => page.locator('#jobs ol li').allInnerTexts()

async function records() {
    await page.goto(page_)
    await page.getByRole('link', { name: 'Objects', exact: true }).click()
    await page.getByRole('searchbox').fill('account')
    await page.keyboard.press('Enter')
    await page.getByRole('link', { name: 'Account', exact: true }).click()
    await picture('records')
    await page.getByLabel('Text in any field').fill('<img')
    await page.getByRole('button', { name: 'Search' }).click()
    const found = await page.locator('tbody tr').count()
    await page.locator('tbody a').first().click()
    return { found, name: await page.getByRole('row', { name: /^Name / }).locator('td').last().innerText(), images: await page.locator('img').count() }
}

async function jobs() {
    await page.getByRole('link', { name: 'Jobs' }).click()
    const before = await states()
    await advance(2)
    await page.getByText('InProgress 4').waitFor()
    const during = await states()
    await picture('jobs')
    await page.getByRole('button', { name: 'Tick' }).click()
    await advance(2)
    await page.getByText('JobComplete 10').waitFor()
    return { before, during, after: await states() }
}

async function faults() {
    await page.getByRole('link', { name: 'Faults and clock' }).click()
    await page.getByLabel('Kind').selectOption('status')
    await page.getByRole('textbox', { name: 'Operation' }).fill('getLimits')
    await page.getByRole('textbox', { name: 'Status' }).fill('429')
    await page.getByRole('textbox', { name: 'Times' }).fill('3')
    await page.getByRole('button', { name: 'Plan it' }).click()
    await page.getByRole('cell', { name: 'getLimits' }).waitFor()
    await picture('faults')
    const planned = await (await fetch(`${page_}faults`)).json()
    await page.getByRole('textbox', { name: 'Times' }).fill('many')
    await page.getByRole('button', { name: 'Plan it' }).click()
    const alert = await page.getByRole('alert').innerText()
    await page.getByRole('button', { name: 'Take fault 1 away' }).click()
    await page.getByText('None.').waitFor()
    await page.getByLabel('Seconds').fill('60')
    await page.getByRole('button', { name: 'Let time pass' }).click()
    return { planned, alert, left: await (await fetch(`${page_}faults`)).json() }
}

async function requests() {
    await page.getByRole('link', { name: 'Requests', exact: true }).click()
    await page.getByRole('textbox', { name: 'Operation' }).fill('createIngestJob')
    await page.getByRole('button', { name: 'Search' }).click()
    await page.locator('tbody a').first().click()
    return { heading: await page.locator('h1').innerText(), bodies: await page.locator('pre').allInnerTexts() }
}

// Whether the keyboard alone leads through the page, and where it begins.
async function keyboard() {
    await page.goto(page_)
    const reached = []
    for (let i = 0; i < 7; i++) {
        await page.keyboard.press('Tab')
        reached.push(await page.evaluate(() => document.activeElement.textContent))
    }
    return reached
}

// The contrast of text and background, as WCAG counts it, in a light and in a dark scheme.
async function contrasts(colorScheme) {
    await page.emulateMedia({ colorScheme })
    await page.goto(`${page_}page/requests`)
    const found = await page.evaluate(() => {
        const channels = (color) => color.match(/[\d.]+/g).slice(0, 3).map(Number)
        const luminance = (color) => {
            const [r, g, b] = channels(color).map((c) => (c / 255 <= 0.03928 ? c / 255 / 12.92 : ((c / 255 + 0.055) / 1.055) ** 2.4))
            return 0.2126 * r + 0.7152 * g + 0.0722 * b
        }
        const shown = [...document.querySelectorAll('h1, a, th, td, td span, label, input, button, p, header strong')]
        const behind = (element) => {
            for (let at = element; at; at = at.parentElement) {
                const color = getComputedStyle(at).backgroundColor
                if (!/, 0\)$|transparent/.test(color)) return color
            }
            return 'rgb(255, 255, 255)'
        }
        return shown.map((element) => {
            const [light, dark] = [luminance(getComputedStyle(element).color), luminance(behind(element))].sort((a, b) => b - a)
            return (light + 0.05) / (dark + 0.05)
        })
    })
    if (colorScheme === 'dark') await picture('requests_dark')
    await page.emulateMedia({ colorScheme: 'light' })
    return Math.min(...found)
}

async function withoutScripts() {
    const plain = await browser.newContext({ javaScriptEnabled: false })
    const other = await plain.newPage()
    await other.goto(`${page_}page/jobs`)
    const seen = { jobs: await other.locator('#jobs tbody tr').count(), refresh: await other.locator('meta[http-equiv=refresh]').count() }
    await other.getByRole('link', { name: 'Overview' }).click()
    await other.locator('summary').click()
    await other.getByRole('button', { name: 'Reset' }).click()
    await other.getByRole('link', { name: 'Jobs' }).click()
    seen.afterReset = await other.locator('#jobs tbody tr').count()
    await plain.close()
    return seen
}

// A page of another site: its form posts to the fake org.
async function otherSite() {
    const stranger = await context.newPage()
    await stranger.setContent(`<form method=post action="${page_}page/reset"><button>Win</button></form>`)
    const answered = stranger.waitForResponse((response) => response.request().method() === 'POST')
    await stranger.getByRole('button').click()
    const { status } = { status: (await answered).status() }
    await stranger.close()
    return status
}

try {
    const seen = { records: await records(), jobs: await jobs(), faults: await faults(), requests: await requests() }
    seen.keyboard = await keyboard()
    seen.contrast = { light: await contrasts('light'), dark: await contrasts('dark') }
    seen.problems = [...problems]
    seen.elsewhere = elsewhere
    seen.otherSite = await otherSite()
    seen.withoutScripts = await withoutScripts()
    console.log(JSON.stringify(seen))
} finally {
    await browser.close()
}
