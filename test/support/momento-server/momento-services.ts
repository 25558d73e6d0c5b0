import { cache, control } from '@gomomento/generated-types';
import {
  Metadata,
  type Server,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { type MomentoCaches, MomentoRefusal } from './momento-caches.ts';
import type { Condition, MomentoRequest } from './momento-request.ts';

/** One request on its way: what came, from where, and how to apply and to answer it. */
export interface MomentoCall {
  readonly request: MomentoRequest;
  /** `address:port` of the caller. */
  readonly peer: string;
  /** Applies it; the result answers. Call it once. */
  apply(): () => void;
  refuse(refusal: MomentoRefusal): void;
  /** Calls back when the caller has given it up, or its connection has broken. */
  onAbandoned(told: () => void): void;
}

const { cache_client: scs } = cache;
const { control_client: scsControl } = control;

/** Serves Momento's data and control services. @param handle decides what becomes of a call */
export function addMomentoServices(
  server: Server,
  caches: MomentoCaches,
  handle: (call: MomentoCall) => void,
): void {
  const serve =
    <Q, A>(describe: (asked: Q) => Described, apply: (asked: Q, cache: string) => A) =>
    (call: ServerUnaryCall<Q, A>, callback: sendUnaryData<A>): void =>
      handle(callOf(call, callback, describe(call.request), apply));

  server.addService(scs.UnimplementedScsService.definition, {
    Get: serve(
      (asked: InstanceType<typeof scs._GetRequest>) => ({ method: 'Get', key: textOf(asked.cache_key) }),
      (asked, name) => {
        const found = caches.get(name, asked.cache_key);
        return found === undefined
          ? new scs._GetResponse({ result: scs.ECacheResult.Miss })
          : new scs._GetResponse({ result: scs.ECacheResult.Hit, cache_body: found });
      },
    ),
    SetIf: serve(
      (asked: InstanceType<typeof scs._SetIfRequest>) => ({
        method: 'SetIf',
        key: textOf(asked.cache_key),
        value: textOf(asked.cache_body),
        ttlMs: asked.ttl_milliseconds,
        ...(asked.condition === 'none' ? {} : { condition: asked.condition }),
        compared: textOf(comparedIn(asked)),
      }),
      (asked, name) => {
        const { cache_key: key, cache_body: value, ttl_milliseconds: ttlMs } = asked;
        return caches.setIf(name, key, value, ttlMs, conditionOf(asked), comparedIn(asked))
          ? new scs._SetIfResponse({ stored: new scs._SetIfResponse._Stored() })
          : new scs._SetIfResponse({ not_stored: new scs._SetIfResponse._NotStored() });
      },
    ),
    Set: serve(
      (asked: InstanceType<typeof scs._SetRequest>) => ({
        method: 'Set',
        key: textOf(asked.cache_key),
        value: textOf(asked.cache_body),
        ttlMs: asked.ttl_milliseconds,
      }),
      (asked, name) => {
        caches.set(name, asked.cache_key, asked.cache_body, asked.ttl_milliseconds);
        return new scs._SetResponse({ result: scs.ECacheResult.Ok });
      },
    ),
    Delete: serve(
      (asked: InstanceType<typeof scs._DeleteRequest>) => ({
        method: 'Delete',
        key: textOf(asked.cache_key),
      }),
      (asked, name) => {
        caches.delete(name, asked.cache_key);
        return new scs._DeleteResponse();
      },
    ),
  });

  server.addService(scsControl.UnimplementedScsControlService.definition, {
    CreateCache: serve(
      (asked: InstanceType<typeof scsControl._CreateCacheRequest>) => ({
        method: 'CreateCache',
        cache: asked.cache_name,
      }),
      (asked) => {
        caches.create(asked.cache_name);
        return new scsControl._CreateCacheResponse();
      },
    ),
    DeleteCache: serve(
      (asked: InstanceType<typeof scsControl._DeleteCacheRequest>) => ({
        method: 'DeleteCache',
        cache: asked.cache_name,
      }),
      (asked) => {
        caches.remove(asked.cache_name);
        return new scsControl._DeleteCacheResponse();
      },
    ),
    ListCaches: serve(
      () => ({ method: 'ListCaches' }),
      () =>
        new scsControl._ListCachesResponse({
          cache: caches.names.map((name) => new scsControl._Cache({ cache_name: name })),
        }),
    ),
  });
}

type Described = Pick<MomentoRequest, 'method'> & Partial<MomentoRequest>;

function callOf<Q, A>(
  call: ServerUnaryCall<Q, A>,
  callback: sendUnaryData<A>,
  described: Described,
  apply: (asked: Q, cache: string) => A,
): MomentoCall {
  const header = (name: string): string | undefined => call.metadata.get(name)[0]?.toString();
  const name = header('cache') ?? '';
  const refuse = ({ status: code, message: details, err }: MomentoRefusal): void => {
    const metadata = new Metadata();
    if (err !== undefined) metadata.set('err', err);
    callback({ code, details, metadata } as ServiceError);
  };
  return {
    request: {
      key: '',
      cache: name,
      ...described,
      readConcern: header('read-concern'),
      authorization: header('authorization'),
    },
    peer: call.getPeer(),
    refuse,
    onAbandoned: (told) => call.on('cancelled', told),
    apply: () => {
      try {
        const answer = apply(call.request, name);
        return () => callback(null, answer);
      } catch (error) {
        if (!(error instanceof MomentoRefusal)) throw error;
        return () => refuse(error);
      }
    },
  };
}

function conditionOf({ condition }: InstanceType<typeof scs._SetIfRequest>): Condition {
  if (condition === 'none') throw new MomentoRefusal(status.INVALID_ARGUMENT, 'a condition is missing');
  return condition;
}

function comparedIn(asked: InstanceType<typeof scs._SetIfRequest>): Uint8Array {
  switch (asked.condition) {
    case 'equal':
      return asked.equal.value_to_check;
    case 'not_equal':
      return asked.not_equal.value_to_check;
    case 'absent_or_equal':
      return asked.absent_or_equal.value_to_check;
    case 'present_and_not_equal':
      return asked.present_and_not_equal.value_to_check;
    default:
      return new Uint8Array();
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
