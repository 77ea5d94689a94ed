// What a jsforce user does in a day, against the org at argv[2]; prints one JSON document of what came back.
// jsforce is as npm has it: default API version, client credentials, nothing patched, nothing of specforce on this side.
'use strict'
const jsforce = require('jsforce')

const ROWS = 2345
const poll = { pollInterval: 20, pollTimeout: 60000 }

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
    const { connection, user } = await login(url)
    const described = await connection.describe('Account')
    const result = {
        version: connection.version,
        user,
        described: { name: described.name, keyPrefix: described.keyPrefix, fields: described.fields.length },
        records: await records(connection),
        bulk: await bulk(connection),
        paged: await paged(connection),
    }
    process.stdout.write(JSON.stringify(result))
}

main(process.argv[2]).catch((error) => {
    process.stderr.write(`${error.stack}\n`)
    process.exit(1)
})
