// What the loopback provider says and the checks expect: both sides read it from here.

// The shell computes the marker, so its result cannot come from an echo of the request.
export const TOOL_COMMAND = 'echo sluice-tool-$((6*7))';
export const TOOL_OUTPUT = 'sluice-tool-42';

// Only ever sent before the cut; nothing that the client prints in the end may contain it.
export const CUT_TEXT = 'cut-away this text never ends';

// Two-, three- and four-byte characters: the provider splits its chunks inside them.
export const TEXTS = {
    text: { stream: 'streamed-text Zażółć gęślą jaźń, 你好世界, 🌍 done', plain: 'text answered without a stream' },
    tool: { stream: 'tool-turn finished', plain: 'tool answered without a stream' },
    cut: { plain: 'recovered-text, complete and not streamed' },
};

export const API_KEY = 'sk-ant-e2e-made-up-0001';
export const GATEWAY_TOKEN = 'e2e-gateway-token';
