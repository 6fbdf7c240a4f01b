// The checks behind claude-code.sh; each prints "ok - ..." or "not ok - ...".
//
//   node claude-code-checks.mjs free-ports N                          N free ports, one a line
//   node claude-code-checks.mjs value NAME                            a value that script and checks share
//   node claude-code-checks.mjs config FILE PORT ADMIN DATA UPSTREAM  writes the gateway's configuration
//   node claude-code-checks.mjs ready URL                             exit code 0 if URL answers 200
//   node claude-code-checks.mjs settled RECORDS COUNT                 waits for COUNT requests in RECORDS, 5 s at most
//   node claude-code-checks.mjs check NAME RECORDS STDOUT RC UPSTREAM checks one run of Claude Code
//   node claude-code-checks.mjs cut-probe BASE_URL                    checks that a cut arrives as a cut

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { request } from 'node:http';
import { API_KEY, CUT_TEXT, GATEWAY_TOKEN, TEXTS, TOOL_OUTPUT } from './expectations.mjs';

const [command, ...args] = process.argv.slice(2);

function check(name, passed, detail) {
    console.log(`${passed ? 'ok' : 'not ok'} - ${name}`);
    if (!passed && detail !== undefined) {
        console.log(`#   ${JSON.stringify(detail)?.slice(0, 2000)}`);
    }
}

const lines = (file) => (existsSync(file) ? readFileSync(file, 'utf8').split('\n').filter(Boolean) : []);
const readRecords = (file) => lines(file).map((line) => JSON.parse(line));
const requestsOf = (records) => records.filter((r) => r.kind === 'request');
const summary = (requests) => requests.map((r) =>
    `${r.method} ${r.path} ${r.aborted ? 'aborted' : `${r.bodyLength} bytes, stream ${r.stream}`}`);
const values = (r, name) => r.headers.filter(([n]) => n === name).map(([, v]) => v);

async function freePorts(count) {
    // All are held until all are known, so that no port is given out twice.
    const servers = await Promise.all(Array.from({ length: count }, async () => {
        const server = createServer().listen(0, '127.0.0.1');
        await once(server, 'listening');
        return server;
    }));
    for (const server of servers) {
        console.log(server.address().port);
        server.close();
    }
}

async function settled(file, count) {
    // The HEAD runs beside the POST and nobody waits for it: it may reach the provider after the client has ended.
    for (const end = Date.now() + 5000; requestsOf(readRecords(file)).length < count && Date.now() < end;) {
        await new Promise((resolve) => setTimeout(resolve, 25));
    }
}

// What holds for every run, whatever its scenario.
function checkTraffic(name, requests, posts, upstream, postCount) {
    const rest = requests.filter((r) => r.method !== 'POST');
    if (name !== 'confined') {
        check(`${name}: the provider saw one HEAD preflight, to its root`,
            rest.length === 1 && rest[0].method === 'HEAD' && rest[0].path === '/' && rest[0].bodyLength === 0,
            summary(requests));
    }

    check(`${name}: the provider saw ${postCount} POST, each to /v1/messages?beta=true`,
        posts.length === postCount && posts.every((r) => r.path === '/v1/messages?beta=true'), summary(requests));
    const whole = requests.filter((r) => !r.aborted);
    check(`${name}: Host is the provider's`,
        whole.length > 0 && whole.every((r) => values(r, 'host').join() === upstream),
        whole.map((r) => values(r, 'host')));
    check(`${name}: no cf-aig-* header reached the provider`,
        whole.length > 0 && whole.every((r) => r.headers.every(([n]) => !n.startsWith('cf-aig-'))),
        whole.map((r) => r.headers));
    check(`${name}: x-api-key and anthropic-version arrived, once and unchanged; no authorization`,
        posts.length > 0 && posts.every((r) => values(r, 'x-api-key').join() === API_KEY
            && values(r, 'anthropic-version').join() === '2023-06-01' && values(r, 'authorization').length === 0),
        posts.map((r) => r.headers.map(([n]) => n)));
    check(`${name}: the client's own headers arrived`,
        posts.length > 0 && posts.every((r) => values(r, 'user-agent').join().startsWith('claude-cli/')
            && values(r, 'anthropic-beta').length === 1 && values(r, 'x-claude-code-session-id').length === 1),
        posts.map((r) => r.headers));
    check(`${name}: each body is whole JSON, as long as its Content-Length`,
        posts.length > 0 && posts.every((r) => r.isJson && r.bodyLength > 10_000
            && values(r, 'content-length').join() === String(r.bodyLength)
            && values(r, 'transfer-encoding').length === 0),
        posts.map((r) => [r.isJson, r.bodyLength, values(r, 'content-length'), values(r, 'transfer-encoding')]));
}

function checkRun(name, recordsFile, stdoutFile, exitCode, upstream) {
    const records = readRecords(recordsFile);
    const requests = requestsOf(records);
    const posts = requests.filter((r) => r.method === 'POST' && !r.aborted);
    const stdout = readFileSync(stdoutFile, 'utf8');
    const [postCount, expected] = {
        confined: [1, TEXTS.text.stream],
        text: [1, TEXTS.text.stream],
        tool: [2, TEXTS.tool.stream],
        cut: [2, TEXTS.cut.plain],
        token: [1, TEXTS.text.stream],
    }[name];

    check(`${name}: Claude Code ended with exit code 0`, exitCode === '0', exitCode);
    check(`${name}: it printed exactly the provider's text`, stdout === `${expected}\n`, stdout);
    checkTraffic(name, requests, posts, upstream, postCount);

    if (name === 'tool') {
        check('tool: the first request had no tool_result, the second carried the output of the command',
            posts[0]?.toolResults.length === 0 && posts[1]?.toolResults.length === 1
                && posts[1].toolResults[0].includes(TOOL_OUTPUT),
            posts.map((r) => r.toolResults));
        check('tool: both turns asked for a stream',
            posts.length === 2 && posts.every((r) => r.stream), summary(requests));
    } else if (name === 'cut') {
        check('cut: the provider cut one stream',
            records.filter((r) => r.kind === 'cut').length === 1, records.map((r) => r.kind));
        check('cut: the first request asked for a stream, the repetition did not',
            posts[0]?.stream === true && posts[1]?.stream === false, summary(requests));
        check('cut: apart from that the repetition arrived byte for byte the same',
            posts.length === 2 && posts[1].bodyLength === posts[0].bodyLength - ',"stream":true'.length
                && posts[1].sha256 === posts[0].sha256WithoutStream,
            posts.map((r) => [r.bodyLength, r.sha256, r.sha256WithoutStream]));
    } else {
        check(`${name}: the request asked for a stream`, posts[0]?.stream === true, summary(requests));
    }

    if (name === 'token') {
        // Both custom headers come from the same variable: the one that arrives proves that the other one was sent.
        check('token: the other custom header reached the provider',
            posts[0] && values(posts[0], 'x-e2e-custom').join() === 'kept', posts[0]?.headers);
        check('token: the gateway token is in no header that reached the provider',
            requests.length > 0 && !JSON.stringify(requests).includes(GATEWAY_TOKEN),
            requests.map((r) => r.headers));
    }

    if (name === 'confined') {
        // Says nothing about a client that ignores proxies, but Claude Code does not.
        const elsewhere = records.filter((r) => r.kind === 'trap').map((r) => `${r.method} ${r.path}`);
        check('confined: Claude Code asked for no other host', elsewhere.length === 0, elsewhere);
    }
}

// Claude Code repeats its request after a clean but incomplete end as well, so it cannot tell the two apart; this does.
function cutProbe(baseUrl) {
    const messages = [{ role: 'user', content: '[scenario:cut]' }];
    const body = JSON.stringify({ model: 'e2e', messages, stream: true });
    const headers = {
        'content-type': 'application/json', 'content-length': Buffer.byteLength(body), 'x-api-key': API_KEY,
    };
    return new Promise((resolve) => {
        let received = '';
        const done = (end) => {
            check('cut: the events before the cut reached the client',
                received.includes(CUT_TEXT.slice(0, 7)), received);
            check('cut: the response ended as a cut, not as a complete message', end === 'cut', end);
            resolve();
        };
        const options = { method: 'POST', headers, agent: false, timeout: 20_000 };
        const outgoing = request(`${baseUrl}/v1/messages`, options, (response) => {
            response.setEncoding('utf8');
            response.on('data', (chunk) => (received += chunk));
            response.on('error', () => {});
            // "complete" is true only after the last chunk or the last byte of Content-Length.
            response.on('close', () => done(response.complete ? 'complete' : 'cut'));
        });
        outgoing.on('timeout', () => outgoing.destroy());
        outgoing.on('error', (error) => received === '' && done(error.message));
        outgoing.end(body);
    });
}

switch (command) {
    case 'free-ports':
        await freePorts(Number(args[0]));
        break;
    case 'value':
        console.log({ API_KEY, GATEWAY_TOKEN }[args[0]]);
        break;
    case 'config': {
        const [file, port, admin, data, upstream] = args;
        writeFileSync(file, JSON.stringify({
            listen: [`http://127.0.0.1:${port}`],
            admin: `http://127.0.0.1:${admin}`,
            data,
            providers: { anthropic: { base_url: `http://127.0.0.1:${upstream}` } },
        }));
        break;
    }
    case 'ready':
        process.exitCode = await fetch(args[0], { signal: AbortSignal.timeout(2000) })
            .then((r) => (r.status === 200 ? 0 : 1), () => 1);
        break;
    case 'settled':
        await settled(args[0], Number(args[1]));
        break;
    case 'check':
        checkRun(...args);
        break;
    case 'cut-probe':
        await cutProbe(args[0]);
        break;
    default:
        console.error(`unknown command: ${command}`);
        process.exitCode = 2;
}
