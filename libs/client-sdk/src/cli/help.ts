const EVERYWHERE = `Everywhere:  --url URL   the service; else WHISPER_URL, what login keeps, http://127.0.0.1:8001
             --json      lines of JSON on stdout, also for what failed
             -h, --help  of a command: all of its options
`;

const ENVIRONMENT = `Environment: WHISPER_URL, WHISPER_API_KEY
Ends with:   0 all good, 1 some failed, 2 not understood, 3 not reachable, 4 not signed in, 130 interrupted
`;

export const HELP = `whisper-transcriber transcribe FILE|URL|DIR|-…   send recordings and get their transcripts
whisper-transcriber jobs                         list, show, cancel, retry and delete jobs
whisper-transcriber models                       which there are, and have one fetched
whisper-transcriber login                        keep the address and an API key for this user

${EVERYWHERE}             --version
${ENVIRONMENT}`;

export const TRANSCRIBE_HELP = `whisper-transcriber transcribe FILE|URL|DIR|-…

Sends files, has addresses fetched, takes the recordings in folders, and reads one from its input (-).

    -f, --format txt|srt|vtt|json    default txt; several recordings as another one need --out or --json
    -o, --out DIR                    a file each in DIR, which is made if need be; else to stdout
    -l, --language LANGUAGE          code or English name; else it is detected
    -m, --model MODEL                else the default of the service
    -d, --diarize                    tell speakers apart: who says what
        --speakers N|A-B             the same, where it is known that N speak, or between A and B
        --voices all|NAME            the same, with the names of voices that you have saved; may be named several times
    -w, --watch DIR                  and each recording that comes into DIR, once, until Ctrl-C; needs --out
    --json                           a line each: input, job_id, status, written, or without --out format and text

    whisper-transcriber transcribe talk.mp3 --language en
    whisper-transcriber transcribe recordings --format srt --out subtitles
    ffmpeg -i talk.mkv -f wav - | whisper-transcriber transcribe -

${EVERYWHERE}${ENVIRONMENT}`;

export const JOBS_HELP = `whisper-transcriber jobs [list]
    --status STATUS    queued, processing, completed, failed or cancelled; may be named several times
    --limit N          the newest N, default 20
whisper-transcriber jobs show|cancel|retry|delete ID…

    whisper-transcriber jobs --status failed --json

${EVERYWHERE}${ENVIRONMENT}`;

export const MODELS_HELP = `whisper-transcriber models              which there are, and which is the default
whisper-transcriber models pull NAME    has the service fetch one, for administrators; waits until it is ready

${EVERYWHERE}${ENVIRONMENT}`;

export const LOGIN_HELP = `whisper-transcriber login [URL]

Asks for an API key without showing it, tries it, and keeps it with the address for this user.

    pass show transcribe | whisper-transcriber login https://transcribe.example

${EVERYWHERE}${ENVIRONMENT}`;
