import { box, fullBox, mp4, FILE_TYPE, movieHeader } from './mp4-file.js';
import { element, matroska } from './matroska-file.js';
import { big, join, tone, type Part } from './media-bytes.js';

export type NamedFile = readonly [name: string, content: Buffer];

/** Playlists, scripts and containers that name another file or address, under names of sound files. */
export function referringFiles(path: string, url: string): NamedFile[] {
  const targets = [
    ['file', path],
    ['file-url', `file://${path}`],
    ['http', url],
  ] as const;
  const texts = targets.flatMap(([kind, target]) => [
    ...playlistsOf(target).map(([name, text]) => named(`${kind}-${name}`, text)),
    ...containersOf(target).map(([name, content]) => named(`${kind}-${name}`, content)),
  ]);
  return [...texts, ...protocolsOf(path, url).map(([name, text]) => named(name, text))];
}

const named = (name: string, content: Part): NamedFile => [name, join(content)];

function playlistsOf(target: string): [string, string][] {
  const hls = `#EXTM3U\n#EXT-X-VERSION:7\n#EXT-X-TARGETDURATION:10\n`;
  return [
    ['m3u.mp3', `#EXTM3U\n#EXTINF:9,talk\n${target}\n`],
    ['m3u-bom.mp3', `\u00ef\u00bb\u00bf#EXTM3U\n${target}\n`],
    ['hls.wav', `${hls}#EXTINF:9.0,\n${target}\n#EXT-X-ENDLIST\n`],
    [
      'hls-key.mp4',
      `${hls}#EXT-X-KEY:METHOD=AES-128,URI="${target}"\n#EXTINF:9.0,\n${target}\n#EXT-X-ENDLIST\n`,
    ],
    ['hls-map.m4a', `${hls}#EXT-X-MAP:URI="${target}"\n#EXTINF:9.0,\n${target}\n#EXT-X-ENDLIST\n`],
    ['hls-master.mp3', `#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=64000\n${target}\n`],
    ['pls.wav', `[playlist]\nNumberOfEntries=1\nFile1=${target}\nLength1=-1\nVersion=2\n`],
    [
      'xspf.mp3',
      `<?xml version="1.0"?><playlist version="1" xmlns="http://xspf.org/ns/0/"><trackList><track><location>${target}</location></track></trackList></playlist>`,
    ],
    ['ffconcat.wav', `ffconcat version 1.0\nfile '${target}'\n`],
    ['concat.mp3', `file '${target}'\n`],
    ['asx.wma', `<asx version="3.0"><entry><ref href="${target}"/></entry></asx>`],
    ['wpl.wma', `<?wpl version="1.0"?><smil><body><seq><media src="${target}"/></seq></body></smil>`],
    ['smil.mp4', `<smil><body><audio src="${target}"/></body></smil>`],
    ['ram.mp3', `${target}\n`],
    ['asf-reference.wma', `[Reference]\nRef1=${target}\nRef2=${target}\n`],
    ['cue.flac', `FILE "${target}" WAVE\n  TRACK 01 AUDIO\n    INDEX 01 00:00:00\n`],
    ['svg.mp3', `<svg xmlns="http://www.w3.org/2000/svg"><image href="${target}"/></svg>`],
    ['entity.wav', `<?xml version="1.0"?><!DOCTYPE a [<!ENTITY x SYSTEM "${target}">]><a>&x;</a>`],
    [
      'dash.mp4',
      `<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT9S"><Period><AdaptationSet mimeType="audio/mp4"><Representation id="1" bandwidth="1"><BaseURL>${target}</BaseURL></Representation></AdaptationSet></Period></MPD>`,
    ],
    [
      'imf.mxf',
      `<?xml version="1.0"?><CompositionPlaylist xmlns="http://www.smpte-ra.org/schemas/2067-3/2016"><Id>${target}</Id></CompositionPlaylist>`,
    ],
  ];
}

function containersOf(target: string): [string, Buffer][] {
  const sound = { samples: tone(440, 1, 16_000), sampleRate: 16_000 };
  const id = Buffer.alloc(16, 7);
  return [
    ['data-url.mp4', mp4([{ ...sound, dataReference: fullBox('url ', 0, target, big(1, 0)) }])],
    ['data-alias.mov', mp4([{ ...sound, dataReference: fullBox('alis', 0, alias(target)) }])],
    ['reference-movie.mov', referenceMovie(target)],
    ['transport-stream.ts', join(nullPackets(8), `#EXTM3U\n#EXTINF:9,\n${target}\n`)],
    ['tagged.mp3', join('ID3', big(1, 4, 0, 0, 0, 0, 0, 0), `#EXTM3U\n${target}\n`)],
    [
      'linked.mka',
      matroska({
        tracks: [sound],
        info: join(
          element(0x3cb923, id),
          element(0x3c83ab, target),
          element(0x3eb923, id),
          element(0x3e83bb, target),
        ),
      }),
    ],
  ];
}

/** Texts that FFmpeg would follow where it took them for addresses. */
function protocolsOf(path: string, url: string): [string, string][] {
  return [
    ['concat-protocol.mp3', `concat:${path}|${path}\n`],
    ['subfile-protocol.wav', `subfile,,start,0,end,100,,:${path}\n`],
    ['data-protocol.wav', `data:audio/wav;base64,${wavText()}\n`],
    ['crypto-protocol.mp4', `#EXTM3U\n#EXTINF:9,\ncrypto+file:${path}\n`],
    [
      'hls-concat.mp3',
      `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nconcat:${url}|file:${path}\n#EXT-X-ENDLIST\n`,
    ],
    [
      'hls-subfile.mp3',
      `#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\nsubfile,,start,0,end,9,,:${path}\n#EXT-X-ENDLIST\n`,
    ],
    ['rtsp.mp3', `RTSPtext\r\n${url.replace('http', 'rtsp')}\r\n`],
    [
      'sdp.wav',
      'v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\ns=x\r\nc=IN IP4 127.0.0.1\r\nt=0 0\r\nm=audio 5004 RTP/AVP 0\r\n',
    ],
    ['image-pattern.mp4', `${path}%03d.jpg\n`],
  ];
}

const wavText = (): string => tone(440, 0.01, 16_000).toString('base64');

/** A Macintosh alias record with an absolute path. */
function alias(target: string): Buffer {
  const name = join(big(2, 18, target.length), target, target.length % 2 ? big(1, 0) : '');
  const record = join(
    Buffer.alloc(6),
    big(2, 2, 0),
    Buffer.alloc(140),
    big(2, 2, target.length),
    target,
    name,
    big(2, 0xffff, 0),
  );
  record.writeUInt16BE(record.length, 4);
  return record;
}

function referenceMovie(target: string): Buffer {
  const reference = fullBox('rdrf', 0, 'url ', big(4, target.length + 1), target, big(1, 0));
  return join(FILE_TYPE, box('moov', movieHeader(), box('rmra', box('rmda', reference))));
}

/** Packets that a transport stream is filled up with. */
function nullPackets(count: number): Buffer {
  return Buffer.concat(
    new Array<Buffer>(count).fill(join(big(1, 0x47, 0x1f, 0xff, 0x10), Buffer.alloc(184, 0xff))),
  );
}
