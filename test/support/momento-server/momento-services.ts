import { cache, control } from '@gomomento/generated-types';
import {
  Metadata,
  type Server,
  type ServerUnaryCall,
  type ServiceError,
  type sendUnaryData,
  status,
} from '@grpc/grpc-js';
import { type MomentoCaches, MomentoRpcError } from './momento-caches.ts';
import type { Condition, MomentoRequest } from './momento-request.ts';

/** A request in progress. */
export interface MomentoCall {
  readonly request: MomentoRequest;
  /** `address:port` of the caller. */
  readonly peer: string;
  /** Applies the request, and returns a function that sends the response. Call it at most once. */
  apply(): () => void;
  reject(error: MomentoRpcError): void;
  /** Registers a listener for cancellation by the caller, or for the loss of its connection. */
  onCancelled(listener: () => void): void;
}

const { cache_client: scs } = cache;
const { control_client: scsControl } = control;

/** Adds Momento's data and control services. @param handle decides how each call ends */
export function addMomentoServices(
  server: Server,
  caches: MomentoCaches,
  handle: (call: MomentoCall) => void,
): void {
  const serve =
    <Req, Res>(fieldsOf: (request: Req) => RequestFields, apply: (request: Req, cache: string) => Res) =>
    (call: ServerUnaryCall<Req, Res>, callback: sendUnaryData<Res>): void =>
      handle(callOf(call, callback, fieldsOf(call.request), apply));

  server.addService(scs.UnimplementedScsService.definition, {
    Get: serve(
      (request: InstanceType<typeof scs._GetRequest>) => ({ method: 'Get', key: textOf(request.cache_key) }),
      (request, name) => {
        const found = caches.get(name, request.cache_key);
        return found === undefined
          ? new scs._GetResponse({ result: scs.ECacheResult.Miss })
          : new scs._GetResponse({ result: scs.ECacheResult.Hit, cache_body: found });
      },
    ),
    SetIf: serve(
      (request: InstanceType<typeof scs._SetIfRequest>) => ({
        method: 'SetIf',
        key: textOf(request.cache_key),
        value: textOf(request.cache_body),
        ttlMs: request.ttl_milliseconds,
        ...(request.condition === 'none' ? {} : { condition: request.condition }),
        compared: textOf(comparedValue(request)),
      }),
      (request, name) => {
        const { cache_key: key, cache_body: value, ttl_milliseconds: ttlMs } = request;
        return caches.setIf(name, key, value, ttlMs, conditionOf(request), comparedValue(request))
          ? new scs._SetIfResponse({ stored: new scs._SetIfResponse._Stored() })
          : new scs._SetIfResponse({ not_stored: new scs._SetIfResponse._NotStored() });
      },
    ),
    Set: serve(
      (request: InstanceType<typeof scs._SetRequest>) => ({
        method: 'Set',
        key: textOf(request.cache_key),
        value: textOf(request.cache_body),
        ttlMs: request.ttl_milliseconds,
      }),
      (request, name) => {
        caches.set(name, request.cache_key, request.cache_body, request.ttl_milliseconds);
        return new scs._SetResponse({ result: scs.ECacheResult.Ok });
      },
    ),
    Delete: serve(
      (request: InstanceType<typeof scs._DeleteRequest>) => ({
        method: 'Delete',
        key: textOf(request.cache_key),
      }),
      (request, name) => {
        caches.delete(name, request.cache_key);
        return new scs._DeleteResponse();
      },
    ),
  });

  server.addService(scsControl.UnimplementedScsControlService.definition, {
    CreateCache: serve(
      (request: InstanceType<typeof scsControl._CreateCacheRequest>) => ({
        method: 'CreateCache',
        cache: request.cache_name,
      }),
      (request) => {
        caches.create(request.cache_name);
        return new scsControl._CreateCacheResponse();
      },
    ),
    DeleteCache: serve(
      (request: InstanceType<typeof scsControl._DeleteCacheRequest>) => ({
        method: 'DeleteCache',
        cache: request.cache_name,
      }),
      (request) => {
        caches.remove(request.cache_name);
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

type RequestFields = Pick<MomentoRequest, 'method'> & Partial<MomentoRequest>;

function callOf<Req, Res>(
  call: ServerUnaryCall<Req, Res>,
  callback: sendUnaryData<Res>,
  fields: RequestFields,
  apply: (request: Req, cache: string) => Res,
): MomentoCall {
  const header = (name: string): string | undefined => call.metadata.get(name)[0]?.toString();
  const name = header('cache') ?? '';
  const reject = ({ status: code, message: details, err }: MomentoRpcError): void => {
    const metadata = new Metadata();
    if (err !== undefined) metadata.set('err', err);
    callback({ code, details, metadata } as ServiceError);
  };
  return {
    request: {
      key: '',
      cache: name,
      ...fields,
      readConcern: header('read-concern'),
      authorization: header('authorization'),
    },
    peer: call.getPeer(),
    reject,
    onCancelled: (listener) => call.on('cancelled', listener),
    apply: () => {
      try {
        const response = apply(call.request, name);
        return () => callback(null, response);
      } catch (error) {
        if (!(error instanceof MomentoRpcError)) throw error;
        return () => reject(error);
      }
    },
  };
}

function conditionOf({ condition }: InstanceType<typeof scs._SetIfRequest>): Condition {
  if (condition === 'none') throw new MomentoRpcError(status.INVALID_ARGUMENT, 'a condition is missing');
  return condition;
}

function comparedValue(request: InstanceType<typeof scs._SetIfRequest>): Uint8Array {
  switch (request.condition) {
    case 'equal':
      return request.equal.value_to_check;
    case 'not_equal':
      return request.not_equal.value_to_check;
    case 'absent_or_equal':
      return request.absent_or_equal.value_to_check;
    case 'present_and_not_equal':
      return request.present_and_not_equal.value_to_check;
    default:
      return new Uint8Array();
  }
}

const textOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');
