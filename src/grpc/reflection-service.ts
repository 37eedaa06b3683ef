import { readFileSync } from 'node:fs'
import { status as Code } from '@grpc/grpc-js'
import {
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionService,
} from '../gen/grpc/reflection/v1/reflection.ts'
import { ServerReflectionService as ServerReflectionAlphaService } from '../gen/grpc/reflection/v1alpha/reflection.ts'
import { type DescriptorIndex, createDescriptorIndex } from './descriptor-index.ts'
import { type BoundService, bindService } from './handler.ts'

const DESCRIPTOR_SET = new URL('../gen/descriptors.binpb', import.meta.url)

/**
 * `grpc.reflection.v1` and `v1alpha`, which are the same messages under two names: lets grpcurl and its like list and
 * describe the API, comments included. Like every service it answers authenticated callers only.
 */
export function createReflectionServices(serviceNames: readonly string[]): BoundService[] {
  const index = createDescriptorIndex(readFileSync(DESCRIPTOR_SET))
  const names = [...serviceNames].sort()
  async function* serverReflectionInfo(requests: AsyncIterable<ServerReflectionRequest>) {
    for await (const request of requests) yield answer(request, index, names)
  }
  return [
    bindService(ServerReflectionService, { serverReflectionInfo }),
    bindService(ServerReflectionAlphaService, { serverReflectionInfo }),
  ]
}

/** One answer. What does not exist is an answer too, and the stream goes on. */
function answer(
  request: ServerReflectionRequest,
  index: DescriptorIndex,
  services: readonly string[],
): ServerReflectionResponse {
  return {
    validHost: request.host,
    originalRequest: request,
    messageResponse: find(request.messageRequest, index, services),
  }
}

function find(
  query: ServerReflectionRequest['messageRequest'],
  index: DescriptorIndex,
  services: readonly string[],
): ServerReflectionResponse['messageResponse'] {
  switch (query?.$case) {
    case 'listServices':
      return {
        $case: 'listServicesResponse',
        value: { service: services.map((name) => ({ name })) },
      }
    case 'fileByFilename':
      return filesOf(query.value, index)
    case 'fileContainingSymbol':
      return filesOf(index.fileOfSymbol(query.value), index)
    case 'fileContainingExtension':
    case 'allExtensionNumbersOfType':
      return failure(Code.NOT_FOUND, 'This API has no extensions.')
    default:
      return failure(Code.INVALID_ARGUMENT, 'The request asks for nothing.')
  }
}

function filesOf(
  name: string | undefined,
  index: DescriptorIndex,
): ServerReflectionResponse['messageResponse'] {
  const files = name === undefined ? undefined : index.withImports(name)
  if (files === undefined) return failure(Code.NOT_FOUND, 'No such file or symbol is known here.')
  return { $case: 'fileDescriptorResponse', value: { fileDescriptorProto: files } }
}

function failure(errorCode: number, errorMessage: string): ServerReflectionResponse['messageResponse'] {
  return { $case: 'errorResponse', value: { errorCode, errorMessage } }
}
