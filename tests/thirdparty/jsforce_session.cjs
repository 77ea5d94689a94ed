// What a jsforce user does in a day, against the org at argv[2], or without it at Salesforce's own addresses, which the
// environment alone leads elsewhere; prints one JSON document of what came back. jsforce is as npm has it: default API
// version, nothing patched, nothing of specforce on this side.
'use strict'
const jsforce = require('jsforce')

const ROWS = 2345
const poll = { pollInterval: 20, pollTimeout: 60000 }

// By SOAP at login.salesforce.com, without a word of where that is; the session ends again.
async function logins() {
    const connection = new jsforce.Connection({})
    const user = await connection.login('user@example.com', 'passwordtoken')
    const refused = await new jsforce.Connection({}).login('user@example.com', 'wrong').catch((error) => error.errorCode ?? error.message)
    const oauth2 = { loginUrl: 'https://test.salesforce.com', clientId: 'test-client', clientSecret: 'test-secret' }
    const other = new jsforce.Connection({ oauth2 })
    await other.login('user@example.com', 'passwordtoken')
    const limits = await connection.limits()
    const instances = [connection.instanceUrl, other.instanceUrl]
    const ended = new jsforce.Connection({ instanceUrl: connection.instanceUrl, accessToken: connection.accessToken })
    await connection.logout()
    const after = await ended.query('SELECT Id FROM User').catch((error) => error.errorCode)
    return { user, refused, instances, limits: limits.DailyApiRequests.Max, after }
}

async function login(loginUrl) {
    const connection = new jsforce.Connection({
        loginUrl,
        instanceUrl: loginUrl,
        oauth2: { loginUrl, clientId: 'test-client', clientSecret: 'test-secret' },
    })
    const user = await connection.authorize({ grant_type: 'client_credentials' })
    return { connection, user }
}

async function records(connection) {
    const accounts = connection.sobject('Account')
    const created = await accounts.create({ Name: 'Acme', NumberOfEmployees: 3 })
    const read = await accounts.retrieve(created.id)
    const updated = await accounts.update({ Id: created.id, Name: 'Acme & Sons', NumberOfEmployees: null })
    const found = await connection.query(`SELECT Id, Name, NumberOfEmployees FROM Account WHERE Name = 'Acme & Sons'`)
    const refused = await accounts.create({ NumberOfEmployees: 1 }).catch((error) => ({ code: error.errorCode, message: error.message }))
    const deleted = await accounts.destroy(created.id)
    const gone = await accounts.retrieve(created.id).catch((error) => ({ code: error.errorCode }))
    return { created, read, updated, found, refused, deleted, gone }
}

async function several(connection) {
    const contacts = connection.sobject('Contact')
    const created = await contacts.create(['A', 'B', 'C'].map((LastName) => ({ LastName })))
    const mixed = await contacts.create([{ LastName: 'D' }, { Email: 'x' }], { allOrNone: false })
    const updated = await contacts.update(created.map(({ id }) => ({ Id: id, Title: 'Dr' })))
    const retrieved = await contacts.retrieve(created.map(({ id }) => id))
    const found = await contacts.find({ Title: 'Dr' }, 'Id, LastName').sort({ LastName: -1 }).limit(2)
    const deleted = await contacts.destroy([...created, mixed[0]].map(({ id }) => id))
    const upserted = []
    for (const Name of ['One', 'Two']) {
        upserted.push((await connection.sobject('Account').upsert({ Code__c: 'J-1', Name }, 'Code__c')).created ?? null)
    }
    return {
        created: created.map(({ success }) => success),
        mixed: mixed.map(({ success, errors }) => [success, ...errors.map(({ statusCode }) => statusCode)]),
        updated: updated.length,
        titles: retrieved.map(({ Title }) => Title),
        found: found.map(({ LastName }) => LastName),
        deleted: deleted.length,
        upserted,
    }
}

async function around(connection) {
    const every = await connection.describeGlobal()
    const searched = await connection.search('FIND {Two} IN ALL FIELDS RETURNING Account(Id, Name)')
    const identity = await connection.identity()
    const wrong = await connection.query('SELECT Nope FROM Account').catch((error) => error.errorCode)
    const tooling = await connection.tooling.query('SELECT Id FROM ApexClass')
    const versions = await connection.request('/services/data')
    const stranger = new jsforce.Connection({ instanceUrl: connection.instanceUrl, accessToken: 'no' })
    const unknown = await stranger.query('SELECT Id FROM User').catch((error) => error.errorCode)
    return {
        objects: every.sobjects.length,
        searched: searched.searchRecords.map(({ Name }) => Name),
        username: identity.username,
        wrong,
        unknown,
        tooling: tooling.totalSize,
        versions: versions.length,
        usage: connection.limitInfo.apiUsage.limit,
    }
}

// Bulk API 1.0.
async function batches(connection) {
    connection.bulk.pollInterval = 20
    connection.bulk.pollTimeout = 60000
    const rows = Array.from({ length: 300 }, (_, i) => ({ LastName: `Batch ${i}`, Company: 'C, "D"' }))
    const loaded = await connection.bulk.load('Lead', 'insert', [...rows, { LastName: 'no company' }])
    const stream = await connection.bulk.query("SELECT Id, LastName FROM Lead WHERE LastName LIKE 'Batch %'")
    const queried = await stream.toArray()
    return { loaded: loaded.filter(({ success }) => success).length, failed: loaded.filter(({ success }) => !success).map(({ errors }) => errors), queried: queried.length }
}

async function bulk(connection) {
    const rows = Array.from({ length: ROWS }, (_, i) => ({ LastName: `Row ${i}, "quoted"\nand broken`, Email: `row${i}@example.com` }))
    rows.push({ LastName: '', Email: 'nobody@example.com' })
    const loaded = await connection.bulk2.loadAndWaitForResults({ object: 'Contact', operation: 'insert', input: rows, ...poll })
    const exported = await connection.bulk2.query('SELECT Id, LastName, Email FROM Contact', poll)
    const values = await exported.toArray()
    return {
        successful: loaded.successfulResults.length,
        created: loaded.successfulResults.filter((row) => row.sf__Created === 'true').length,
        failed: loaded.failedResults,
        unprocessed: loaded.unprocessedRecords,
        exported: values.length,
        ids: new Set(values.map((row) => row.Id)).size,
        first: values.find((row) => row.Email === 'row0@example.com'),
    }
}

async function paged(connection) {
    const fetched = []
    let pages = 0
    await new Promise((resolve, reject) => {
        connection
            .query('SELECT Id, Email FROM Contact ORDER BY Email', { autoFetch: true, maxFetch: 10000 })
            .on('fetch', () => { pages += 1 })
            .on('record', (record) => fetched.push(record.Email))
            .on('end', resolve)
            .on('error', reject)
            .run({ autoFetch: true, maxFetch: 10000 })
    })
    return { records: fetched.length, distinct: new Set(fetched).size, pages, sorted: fetched.every((value, i) => i === 0 || fetched[i - 1] <= value) }
}

async function main(url) {
    const byName = url === undefined ? await logins() : null
    const { connection, user } = await login(url ?? 'https://acme.my.salesforce.com')
    const described = await connection.describe('Account')
    const result = {
        version: connection.version,
        user,
        described: { name: described.name, keyPrefix: described.keyPrefix, fields: described.fields.length },
        logins: byName,
        records: await records(connection),
        several: await several(connection),
        around: await around(connection),
        batches: await batches(connection),
        bulk: await bulk(connection),
        paged: await paged(connection),
    }
    process.stdout.write(JSON.stringify(result))
}

main(process.argv[2]).catch((error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
})
