#!/bin/sh
# Renders every picture in this folder from its SVG. Needs rsvg-convert (librsvg2-bin), convert (imagemagick), png2icns (icnsutils).
set -eu
cd "$(dirname "$0")"
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

picture() { rsvg-convert -w "$2" -h "$2" "$1" | convert - -strip -define png:exclude-chunk=date,time "PNG32:$3"; }

picture firewatch.svg 512 icon.png
picture firewatch.svg 32 32x32.png
picture firewatch.svg 128 128x128.png
picture firewatch.svg 256 128x128@2x.png
for size in 16 24 32 48 64 128 256 512; do picture firewatch.svg "$size" "$work/$size.png"; done
convert "$work/16.png" "$work/24.png" "$work/32.png" "$work/48.png" "$work/64.png" "$work/256.png" icon.ico
png2icns icon.icns "$work/16.png" "$work/32.png" "$work/48.png" "$work/128.png" "$work/256.png" "$work/512.png"

for face in calm burning exhausted blind; do
  for size in 16 22 24 32 48; do picture "tray/$face.svg" "$size" "tray/$face-$size.png"; done
done
