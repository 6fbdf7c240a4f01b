// A provider on loopback that answers in Anthropic's wire format and records what reached it.
//
//   node anthropic-upstream.mjs RECORDS_FILE
//
// Prints one JSON line, {"port":N,"trap":N}, when both sockets listen. Every request becomes one JSON line in
// RECORDS_FILE.
//
// The last [scenario:NAME] in the user's messages chooses the answer, so the process needs no state and the order of
// requests does not matter:
//   text    a streamed text
//   tool    a streamed tool_use; a streamed text once the conversation ends with a tool_result
//   cut     the socket is destroyed in mid-stream; a complete answer when no stream was asked for
//
// The second port, "trap", plays an HTTP proxy that lets nothing through. A client that is told to use it for
// everything outside loopback leaves a record here when it tries to talk to anyone else.

import { createHash } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import { TOOL_COMMAND, CUT_TEXT, TEXTS } from './expectations.mjs';

const recordsFile = process.argv[2];
if (!recordsFile) {
    console.error('usage: anthropic-upstream.mjs RECORDS_FILE');
    process.exit(2);
}

// Opened by name for each line: the script moves the file away between two runs of the client.
const record = (entry) => appendFileSync(recordsFile, `${JSON.stringify(entry)}\n`);
const sha256 = (bytes) => createHash('sha256').update(bytes).digest('hex');

const USAGE = { input_tokens: 21, cache_creation_input_tokens: 1024, cache_read_input_tokens: 2048, output_tokens: 17 };
let answers = 0;

const server = createServer(async (request, response) => {
    // A gateway that goes away in the middle of something must not end this process.
    request.on('error', () => {});
    response.on('error', () => {});
    const chunks = [];
    try {
        for await (const chunk of request) {
            chunks.push(chunk);
        }
    } catch {
        record({ kind: 'request', method: request.method, path: request.url, aborted: true });
        return;
    }

    const bytes = Buffer.concat(chunks);
    const body = parse(bytes);
    const entry = describe(request, bytes, body);
    record(entry);

    if (request.method !== 'POST' || !request.url.startsWith('/v1/messages') || body === null) {
        // The provider itself answers the client's HEAD with 404, too.
        response.writeHead(404, { 'content-type': 'application/json' });
        response.end('{"type":"error","error":{"type":"not_found_error","message":"Not found"}}');
    } else if (body.stream !== true) {
        sendMessage(response, body, TEXTS[entry.scenario]?.plain ?? 'unknown scenario');
    } else if (entry.scenario === 'cut') {
        await sendCutStream(response, body);
    } else if (entry.scenario === 'tool' && entry.toolResults.length === 0) {
        sendStream(response, body, toolUse(TOOL_COMMAND), 'tool_use');
    } else {
        sendStream(response, body, text(TEXTS[entry.scenario]?.stream ?? 'unknown scenario'), 'end_turn');
    }
});

// Node closes idle connections after 5 s by default; the close would race with the gateway's next request.
server.keepAliveTimeout = 600_000;

function parse(bytes) {
    try {
        return JSON.parse(bytes.toString('utf8'));
    } catch {
        return null;
    }
}

function describe(request, bytes, body) {
    const headers = [];
    for (let i = 0; i < request.rawHeaders.length; i += 2) {
        headers.push([request.rawHeaders[i].toLowerCase(), request.rawHeaders[i + 1]]);
    }

    const messages = Array.isArray(body?.messages) ? body.messages : [];
    const parts = ({ content }) => (Array.isArray(content) ? content : [{ type: 'text', text: content }]);
    const userText = messages.filter((m) => m.role === 'user').flatMap(parts).map((p) => p.text ?? '').join('\n');
    const lastUser = messages.findLast((m) => m.role === 'user');
    return {
        kind: 'request',
        method: request.method,
        path: request.url,
        version: request.httpVersion,
        headers,
        bodyLength: bytes.length,
        sha256: sha256(bytes),
        // What the client's repetition without a stream must be, byte for byte.
        sha256WithoutStream: sha256(withoutStream(bytes)),
        isJson: body !== null,
        stream: body?.stream === true,
        scenario: [...userText.matchAll(/\[scenario:([a-z]+)\]/g)].at(-1)?.[1] ?? null,
        toolResults: (lastUser ? parts(lastUser) : [])
            .filter((p) => p.type === 'tool_result')
            .map((p) => (typeof p.content === 'string' ? p.content : JSON.stringify(p.content))),
    };
}

function withoutStream(bytes) {
    const key = Buffer.from(',"stream":true');
    const at = bytes.lastIndexOf(key);
    return at < 0 ? bytes : Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + key.length)]);
}

function message(body, content, stopReason, usage) {
    return {
        model: body.model, id: `msg_e2e_${++answers}`, type: 'message', role: 'assistant', content,
        stop_reason: stopReason, stop_sequence: null, usage,
    };
}

function sendMessage(response, body, content) {
    const json = Buffer.from(JSON.stringify(message(body, [{ type: 'text', text: content }], 'end_turn', USAGE)));
    response.writeHead(200, {
        'content-type': 'application/json', 'content-length': json.length, 'request-id': 'req_e2e',
    });
    response.end(json);
}

const event = (data) => Buffer.from(`event: ${data.type}\ndata: ${JSON.stringify(data)}\n\n`);

function* text(content) {
    yield { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } };
    for (const piece of content.match(/.{1,9}/gsu)) {
        yield { type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text: piece } };
    }

    yield { type: 'content_block_stop', index: 0 };
}

function* toolUse(command) {
    const input = JSON.stringify({ command, description: 'Print a marker' });
    const block = { type: 'tool_use', id: `toolu_e2e_${answers}`, name: 'Bash', input: {} };
    yield { type: 'content_block_start', index: 0, content_block: block };
    for (const piece of ['', ...input.match(/.{1,20}/gsu)]) {
        yield { type: 'content_block_delta', index: 0, delta: { type: 'input_json_delta', partial_json: piece } };
    }

    yield { type: 'content_block_stop', index: 0 };
}

function startStream(response, body) {
    response.writeHead(200, {
        'content-type': 'text/event-stream; charset=utf-8', 'cache-control': 'no-cache', 'request-id': 'req_e2e',
    });
    response.write(event({ type: 'message_start', message: message(body, [], null, { ...USAGE, output_tokens: 1 }) }));
    response.write(event({ type: 'ping' }));
}

function sendStream(response, body, blocks, stopReason) {
    startStream(response, body);
    for (const block of blocks) {
        // Chunk borders fall inside events and inside UTF-8 characters: a reader may rely on neither.
        const bytes = event(block);
        for (let at = 0; at < bytes.length; at += 61) {
            response.write(bytes.subarray(at, at + 61));
        }
    }

    const delta = { stop_reason: stopReason, stop_sequence: null };
    response.write(event({ type: 'message_delta', delta, usage: USAGE }));
    response.end(event({ type: 'message_stop' }));
}

async function sendCutStream(response, body) {
    startStream(response, body);
    const [start, ...deltas] = text(CUT_TEXT);
    response.write(event(start));
    // The callback runs once the bytes are the kernel's, so the cut comes after them and not instead of them.
    await new Promise((resolve) => response.write(event(deltas[0]), resolve));
    record({ kind: 'cut' });
    response.socket?.destroy();
}

const trap = createServer((request, response) => {
    record({ kind: 'trap', method: request.method, path: request.url });
    response.writeHead(403).end();
});
trap.on('connect', (request, socket) => {
    record({ kind: 'trap', method: 'CONNECT', path: request.url });
    socket.on('error', () => {});
    socket.end('HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n');
});

for (const listener of [server, trap]) {
    listener.listen(0, '127.0.0.1');
    await once(listener, 'listening');
}

console.log(JSON.stringify({ port: server.address().port, trap: trap.address().port }));
