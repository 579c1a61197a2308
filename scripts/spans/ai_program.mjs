// ai (5) with one tool; run in a folder with ai, @ai-sdk/openai-compatible, @opentelemetry/sdk-trace-node and its OTLP exporter.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { NodeTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-node';
import { generateText, stepCountIs, tool } from 'ai';
import { z } from 'zod';

const provider = new NodeTracerProvider({
  spanProcessors: [new SimpleSpanProcessor(new OTLPTraceExporter())],
});
provider.register();
const model = createOpenAICompatible({ name: 'fake', baseURL: process.env.OPENAI_BASE_URL })('m');
await generateText({
  model,
  system: 'Be brief.',
  prompt: 'When does the shop open?',
  tools: {
    hours: tool({
      description: 'When a shop opens.',
      inputSchema: z.object({ shop: z.string() }),
      execute: () => '9:00',
    }),
  },
  stopWhen: stepCountIs(3),
  experimental_telemetry: { isEnabled: true, metadata: { sessionId: 's-1', userId: 'u-1' } },
});
await provider.forceFlush();
