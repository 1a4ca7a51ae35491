// The photo of a person: what is told of it, its sizes, and the picture itself. Some people have none.
// https://learn.microsoft.com/graph/api/profilephoto-get
import { createHash } from 'node:crypto';
import type { DirectoryUser, Json, Props } from '../model.ts';
import { GraphError } from './graph-error.ts';
import { answerEntity, answerList } from './plain-list.ts';
import { portrait } from './portrait.ts';
import { noSegment } from './request.ts';
import type { GraphContext, GraphRequest } from './request.ts';

/** Sides in pixels, as the service scales them. */
const SIZES = [48, 64, 96, 120, 240, 360, 432, 504, 648] as const;
/** What people upload: a photo comes in its own size and all smaller ones. */
const ORIGINALS = [240, 432, 648] as const;

/** `rest` begins with `photo` or `photos`, in lower case. */
export function answerPhoto(
  graph: GraphContext,
  request: GraphRequest,
  user: DirectoryUser,
  rest: readonly string[],
): Json | Buffer {
  const [first = '', ...more] = rest;
  const many = first === 'photos';
  const [size = '', value, tail] = many ? more : ['', ...more];
  if (tail !== undefined || (value !== undefined && value !== '$value')) throw noSegment(tail ?? value ?? '');
  const original = originalOf(user);
  const of = `users('${user.id}')`;
  if (many && size === '') {
    const sizes = original === null ? [] : SIZES.filter((side) => side <= original);
    return answerList(
      graph,
      request,
      `${of}/photos`,
      sizes.map((side) => facts(graph, request, user, side)),
    );
  }
  const side = many ? Number(/^(\d+)x\1$/.exec(size)?.[1]) : original;
  if (many && !SIZES.some((one) => one === side))
    throw new GraphError(400, 'ErrorInvalidImageId', `'${size}' is no size of a photo.`);
  if (original === null || side === null || side > original)
    throw new GraphError(
      404,
      'ImageNotFound',
      "Exception of type 'Microsoft.Fast.Profile.Core.Exception.ImageNotFoundException' was thrown.",
    );
  if (value === '$value') return portrait(user.id, side);
  return answerEntity(graph, request, `${of}/photo${many ? 's' : ''}/$entity`, facts(graph, request, user, side));
}

function facts(graph: GraphContext, request: GraphRequest, user: DirectoryUser, side: number): Props {
  return {
    '@odata.id': `${graph.publicUrl}/v1.0/users('${user.id}@${request.caller.tenant.id}')/photo`,
    '@odata.mediaContentType': 'image/jpeg',
    '@odata.mediaEtag': `"${byteOf(user, 1).toString(16).padStart(2, '0')}${user.id.slice(0, 6).toUpperCase()}"`,
    id: `${side}X${side}`,
    height: side,
    width: side,
  };
}

/** The side of the photo that the person has, or null: without a word about it three of four have one. */
function originalOf(user: DirectoryUser): number | null {
  const has = user.beyond?.photo ?? (byteOf(user, 0) % 4 > 0 && user.props['userType'] !== 'Guest');
  return has ? (ORIGINALS[byteOf(user, 1) % ORIGINALS.length] ?? null) : null;
}

const byteOf = (user: DirectoryUser, index: number): number =>
  createHash('sha256').update(`photo ${user.id}`).digest()[index] ?? 0;
