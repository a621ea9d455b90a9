/**
 * Images live in the document beside its text, under the hash of their bytes, so that they travel with it, come once
 * however often they are shown, and are never fetched from anywhere. What is put in is drawn anew first: that bounds
 * it, and leaves behind whatever else the file carried.
 */
import { mergeAttributes, Node } from '@tiptap/core';
import type * as Y from 'yjs';
import { bounded } from '~/shared/format/text';

declare module '@tiptap/core' {
  interface Storage {
    image: { images: Y.Map<string> | null };
  }
}

const WIDEST = 1_600;
/** Of one image as base64 text, and of all images of a document. */
const LARGEST = 700_000;
const LARGEST_ALL = 16_000_000;
const KINDS = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];
const SHOWN = /^data:image\/(png|jpeg|webp);base64,[A-Za-z0-9+/=]+$/;

export const Image = Node.create({
  name: 'image',
  group: 'block',
  atom: true,
  draggable: true,
  addStorage: () => ({ images: null }),
  addAttributes: () => ({
    /** `sha256:` and the hash. */
    src: { default: '' },
    alt: { default: '' },
    title: { default: null },
  }),
  // Only what was copied from a postmortem: an image of the web would have to be fetched.
  parseHTML: () => [{ tag: 'img[src^="sha256:"]' }],
  renderHTML: ({ HTMLAttributes }) => ['img', mergeAttributes(HTMLAttributes)],
  addNodeView() {
    return ({ node, editor }) => {
      const dom = document.createElement('figure');
      const show = (alt: string, src: string) => {
        const data = editor.storage.image.images?.get(src.replace('sha256:', ''));
        if (typeof data !== 'string' || !SHOWN.test(data)) {
          dom.textContent = `An image is missing: ${bounded(alt, 200) || 'without description'}`;
          dom.className = 'missing';
          return;
        }
        const picture = document.createElement('img');
        picture.src = data;
        picture.alt = bounded(alt, 400) || 'Image without description';
        dom.className = '';
        dom.replaceChildren(picture);
      };
      show(String(node.attrs.alt ?? ''), String(node.attrs.src ?? ''));
      return {
        dom,
        update: (next) => {
          if (next.type.name !== 'image') return false;
          show(String(next.attrs.alt ?? ''), String(next.attrs.src ?? ''));
          return true;
        },
      };
    };
  },
});

/** Puts a picture into the document's images and answers its address; throws a sentence where it cannot be taken. */
export async function keepImage(images: Y.Map<string>, file: Blob): Promise<string> {
  if (!KINDS.includes(file.type))
    throw new Error('Only PNG, JPEG, GIF and WebP pictures can be put in; save it as one of them.');
  const data = await drawn(file);
  const all = [...images.values()].reduce((sum, one) => sum + one.length, 0);
  if (all + data.length > LARGEST_ALL)
    throw new Error('The pictures of this postmortem would be more than 16 MB; leave one out or cut it.');
  const hash = await hashOf(data);
  if (!images.has(hash)) images.set(hash, data);
  return `sha256:${hash}`;
}

async function drawn(file: Blob): Promise<string> {
  let picture: ImageBitmap;
  try {
    picture = await createImageBitmap(file);
  } catch {
    throw new Error('The picture cannot be read; it may be damaged.');
  }
  for (let widest = WIDEST; widest >= 200; widest /= 2) {
    const scale = Math.min(1, widest / Math.max(picture.width, picture.height));
    const canvas = document.createElement('canvas');
    canvas.width = Math.max(1, Math.round(picture.width * scale));
    canvas.height = Math.max(1, Math.round(picture.height * scale));
    canvas.getContext('2d')?.drawImage(picture, 0, 0, canvas.width, canvas.height);
    for (const data of [canvas.toDataURL('image/png'), canvas.toDataURL('image/jpeg', 0.82)])
      if (data.length <= LARGEST) return data;
  }
  throw new Error('The picture is too large even when made smaller; cut it first.');
}

async function hashOf(text: string): Promise<string> {
  const sum = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(text));
  return [...new Uint8Array(sum)].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
