/** Pictures that are pasted or dropped become pictures of the document; everything else goes through the schema. */
import { Extension } from '@tiptap/core';
import { Plugin, PluginKey } from '@tiptap/pm/state';

export const Paste = Extension.create<{ images: (files: File[], at: number | null) => void }>({
  name: 'paste',
  addOptions: () => ({ images: () => {} }),
  addProseMirrorPlugins() {
    const { images } = this.options;
    const pictures = (data: DataTransfer | null) =>
      [...(data?.files ?? [])].filter((file) => file.type.startsWith('image/'));
    return [
      new Plugin({
        key: new PluginKey('paste'),
        props: {
          handlePaste(_, event) {
            const found = pictures(event.clipboardData);
            // A copied table or page often carries a picture of itself; its text is what was meant.
            if (found.length === 0 || event.clipboardData?.types.includes('text/html')) return false;
            images(found, null);
            return true;
          },
          handleDrop(view, event) {
            const found = pictures(event.dataTransfer);
            if (found.length === 0) return false;
            images(found, view.posAtCoords({ left: event.clientX, top: event.clientY })?.pos ?? null);
            return true;
          },
        },
      }),
    ];
  },
});
