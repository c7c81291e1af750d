import { contractSubscription, messageBusContract } from '../../testing/contracts/message-bus-contract.ts';
import { emulators } from '../../testing/emulators.ts';
import { pubsubPulledBus } from './pubsub-pulled-bus.ts';

const { pubsubHost, project } = emulators();
let buses = 0;

messageBusContract('pubsubPulledBus', async (push) => {
  const bus = pubsubPulledBus({
    // A project of its own for every bus: nothing of another test is delivered here.
    project: `${project}-${buses++}`,
    emulatorHost: pubsubHost,
    subscriptions: { contract: contractSubscription },
    push,
    log: () => undefined,
  });
  bus.start();
  await bus.ready();
  return {
    bus,
    async close() {
      await bus.stop();
      await bus.close();
    },
  };
});
