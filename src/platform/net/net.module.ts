import { Module } from '@nestjs/common';
import { APP_CONFIG, type AppConfig } from '../config/app-config.js';
import { AddressGuard } from './address-guard.js';
import { GuardedClient } from './guarded-client.js';
import { FETCH_LIMITS, GuardedFetch } from './guarded-fetch.js';

/** The ways out to addresses that users give. */
@Module({
  providers: [
    {
      provide: GuardedClient,
      inject: [APP_CONFIG],
      useFactory: ({ urlFetch }: AppConfig) => new GuardedClient(new AddressGuard(urlFetch.allow)),
    },
    {
      provide: GuardedFetch,
      inject: [APP_CONFIG, GuardedClient],
      useFactory: ({ urlFetch }: AppConfig, client: GuardedClient) =>
        new GuardedFetch(client, { ...FETCH_LIMITS, totalMs: urlFetch.maxMs }),
    },
  ],
  exports: [GuardedClient, GuardedFetch],
})
export class NetModule {}
