// A Terraform provider "google" that knows every schema and no cloud: it answers with schemas, accepts every value of the
// right type, and plans each resource with its computed attributes unknown. Terraform starts it (plugin protocol 5).
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPackageDefinition, Server, ServerCredentials, status } from '@grpc/grpc-js';
import { loadSync } from '@grpc/proto-loader';
import { fillComputed, readValue } from './fill-computed.ts';
import { decode, encode } from './msgpack.ts';

const here = dirname(fileURLToPath(import.meta.url));
const known = JSON.parse(readFileSync(join(here, 'google-schema.json'), 'utf8'));
const nestingModes = { single: 1, list: 2, set: 3, map: 4 };

const wireBlock = ({ attributes, block_types }) => ({
  version: 0,
  attributes: Object.entries(attributes).map(([name, { type, ...flags }]) => ({
    name,
    type: Buffer.from(JSON.stringify(type)),
    ...flags,
  })),
  block_types: Object.entries(block_types).map(([type_name, { nesting_mode, block, ...items }]) => ({
    type_name,
    nesting: nestingModes[nesting_mode],
    block: wireBlock(block),
    ...items,
  })),
});
const wireSchema = (block) => ({ version: 0, block: wireBlock(block) });
const wireSchemas = (blocks) =>
  Object.fromEntries(Object.entries(blocks).map(([kind, block]) => [kind, wireSchema(block)]));

const calls = {
  GetSchema: () => ({
    provider: wireSchema(known.provider),
    resource_schemas: wireSchemas(known.resources),
    data_source_schemas: wireSchemas(known.data),
  }),
  PrepareProviderConfig: ({ config }) => ({ prepared_config: config }),
  ValidateResourceTypeConfig: () => ({}),
  ValidateDataSourceConfig: () => ({}),
  Configure: () => ({}),
  PlanResourceChange({ type_name, proposed_new_state }) {
    const proposed = decode(proposed_new_state.msgpack);
    const planned = fillComputed(known.resources[type_name], proposed);
    return { planned_state: { msgpack: encode(planned) }, legacy_type_system: true };
  },
  ReadDataSource({ type_name, config }) {
    const state = fillComputed(known.data[type_name], decode(config.msgpack), readValue);
    return { state: { msgpack: encode(state) } };
  },
  Stop: () => ({}),
  GetFunctions: () => ({}),
};

const answering =
  (call) =>
  ({ request }, reply) => {
    try {
      reply(null, call(request));
    } catch (error) {
      reply({ code: status.INTERNAL, message: String(error.stack) });
    }
  };

const empty = Buffer.alloc(0);
/** How Terraform tells a plugin to go. */
const controller = {
  Shutdown: {
    path: '/plugin.GRPCController/Shutdown',
    requestStream: false,
    responseStream: false,
    requestSerialize: () => empty,
    requestDeserialize: () => ({}),
    responseSerialize: () => empty,
    responseDeserialize: () => ({}),
  },
};

const protocol = loadPackageDefinition(loadSync(join(here, 'plugin.proto'), { keepCase: true, longs: Number }));
const server = new Server({ 'grpc.max_send_message_length': -1, 'grpc.max_receive_message_length': -1 });
server.addService(
  protocol.tfplugin5.Provider.service,
  Object.fromEntries(Object.entries(calls).map(([name, call]) => [name, answering(call)])),
);
server.addService(controller, {
  Shutdown(_call, reply) {
    reply(null, {});
    setTimeout(() => process.exit(0), 20);
  },
});
server.bindAsync('127.0.0.1:0', ServerCredentials.createInsecure(), (error, port) => {
  if (error) throw error;
  process.stdout.write(`1|5|tcp|127.0.0.1:${port}|grpc|\n`);
});
