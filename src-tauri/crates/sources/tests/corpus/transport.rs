//! Everything that can go wrong before the first letter of a document is read: sockets, HTTP, compression, statuses, redirects, and
//! what answers in an API's place. The same for every source that speaks JSON over HTTP.

use std::time::Duration;

use firewatch_domain::fault::FaultKind::{
    self, ClockSkew, NotTheApi, QueryRefused, RateLimited, Redirected, ServerFailed, SignInRefused, TimedOut, TooLarge, Unreachable,
};

use crate::case::{Case, Expect, JSON, case, gzip, http, ok, raw, then};
use crate::wire::{Reply, Step};

/// What statuses mean, for an answer without body, with a page, and with a JSON object that explains nothing.
const STATUSES: [(&str, FaultKind); 60] = [
    ("201 Created", NotTheApi),
    ("202 Accepted", NotTheApi),
    ("203 Non-Authoritative Information", NotTheApi),
    ("206 Partial Content", NotTheApi),
    ("207 Multi-Status", NotTheApi),
    ("226 IM Used", NotTheApi),
    ("299 Odd", NotTheApi),
    ("300 Multiple Choices", Redirected),
    ("301 Moved Permanently", Redirected),
    ("302 Found", Redirected),
    ("303 See Other", Redirected),
    ("305 Use Proxy", Redirected),
    ("307 Temporary Redirect", Redirected),
    ("308 Permanent Redirect", Redirected),
    ("399 Odd", Redirected),
    ("400 Bad Request", QueryRefused),
    ("401 Unauthorized", SignInRefused),
    ("402 Payment Required", NotTheApi),
    ("403 Forbidden", SignInRefused),
    ("404 Not Found", NotTheApi),
    ("405 Method Not Allowed", NotTheApi),
    ("406 Not Acceptable", NotTheApi),
    ("407 Proxy Authentication Required", SignInRefused),
    ("408 Request Timeout", TimedOut),
    ("409 Conflict", NotTheApi),
    ("410 Gone", NotTheApi),
    ("411 Length Required", NotTheApi),
    ("412 Precondition Failed", NotTheApi),
    ("413 Content Too Large", TooLarge),
    ("414 URI Too Long", TooLarge),
    ("415 Unsupported Media Type", NotTheApi),
    ("416 Range Not Satisfiable", NotTheApi),
    ("417 Expectation Failed", NotTheApi),
    ("418 I'm a teapot", NotTheApi),
    ("421 Misdirected Request", NotTheApi),
    ("422 Unprocessable Content", QueryRefused),
    ("423 Locked", NotTheApi),
    ("425 Too Early", NotTheApi),
    ("426 Upgrade Required", NotTheApi),
    ("428 Precondition Required", NotTheApi),
    ("429 Too Many Requests", RateLimited),
    ("431 Request Header Fields Too Large", TooLarge),
    ("444 No Response", NotTheApi),
    ("451 Unavailable For Legal Reasons", NotTheApi),
    ("499 Client Closed Request", NotTheApi),
    ("500 Internal Server Error", ServerFailed),
    ("501 Not Implemented", ServerFailed),
    ("502 Bad Gateway", ServerFailed),
    ("503 Service Unavailable", ServerFailed),
    ("504 Gateway Timeout", ServerFailed),
    ("505 HTTP Version Not Supported", ServerFailed),
    ("507 Insufficient Storage", ServerFailed),
    ("508 Loop Detected", ServerFailed),
    ("511 Network Authentication Required", ServerFailed),
    ("520 Web Server Returned an Unknown Error", ServerFailed),
    ("522 Connection Timed Out", ServerFailed),
    ("525 SSL Handshake Failed", ServerFailed),
    ("530 Origin DNS Error", ServerFailed),
    ("600 Odd", NotTheApi),
    ("999 Request Denied", NotTheApi),
];

/// Bodies of a success that are no document of any API.
const BODIES: [(&str, &str, &[u8]); 28] = [
    ("nothing", JSON, b""),
    ("blanks", JSON, b" \r\n\t "),
    ("a byte order mark", JSON, b"\xef\xbb\xbf"),
    ("a login page", "Content-Type: text/html\r\n", b"<!doctype html><title>Sign in</title><form action=/login>"),
    ("a login page that calls itself JSON", JSON, b"<html><head><title>Sign in</title>"),
    ("a captive portal", "Content-Type: text/html; charset=utf-8\r\n", b"<HTML><BODY>Room number?"),
    ("a page with an unclosed title", "Content-Type: text/html\r\n", b"<title>never ends"),
    ("XML", "Content-Type: application/xml\r\n", b"<?xml version='1.0'?><status>success</status>"),
    ("YAML", "Content-Type: application/yaml\r\n", b"status: success\ndata: {}\n"),
    ("plain words", "Content-Type: text/plain\r\n", b"pong"),
    ("metrics in text", "Content-Type: text/plain; version=0.0.4\r\n", b"# HELP up up\nup 1\n"),
    ("a picture", "Content-Type: image/png\r\n", b"\x89PNG\r\n\x1a\n\x00\x00\x00\x0dIHDR"),
    ("zeroes", JSON, &[0; 64]),
    ("bytes that are no text", JSON, b"\xff\xfe\xfd{\"status\":\"success\"}"),
    ("UTF-16", JSON, b"\xff\xfe{\0\"\0a\0\"\0:\x001\0}\0"),
    ("null", JSON, b"null"),
    ("true", JSON, b"true"),
    ("a number", JSON, b"42"),
    ("a text", JSON, b"\"success\""),
    ("an object without anything", JSON, b"{}"),
    ("another API's object", JSON, b"{\"ok\":true,\"version\":3}"),
    ("an unclosed object", JSON, b"{"),
    ("an unclosed text", JSON, b"{\"status\":\"succ"),
    ("a single quote", JSON, b"{'status':'success'}"),
    ("JSON for a script", JSON, b"callback({\"status\":\"success\"})"),
    ("a guard before JSON", JSON, b")]}',\n{\"status\":\"success\"}"),
    ("no JSON after a brace", JSON, b"{]"),
    ("a comment", JSON, b"/* fine */ {\"status\":\"success\"}"),
];

/// First lines and heads that are no HTTP.
const HEADS: [(&str, &[u8]); 16] = [
    ("an SSH banner", b"SSH-2.0-OpenSSH_9.2p1\r\n\r\n"),
    ("a mail banner", b"220 mail.example ESMTP\r\n\r\n"),
    ("a key-value store", b"-ERR unknown command\r\n\r\n"),
    ("a TLS alert", b"\x15\x03\x01\x00\x02\x02\x46"),
    ("an HTTP/2 preface", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"),
    ("HTTP/0.9", b"{\"status\":\"success\"}\r\n\r\n"),
    ("HTTP/7.3", b"HTTP/7.3 200 OK\r\n\r\n"),
    ("no version", b"200 OK\r\n\r\n"),
    ("a status of two digits", b"HTTP/1.1 20 OK\r\n\r\n"),
    ("a status of words", b"HTTP/1.1 fine OK\r\n\r\n"),
    ("a status of zero", b"HTTP/1.1 000 OK\r\n\r\n"),
    ("a header without colon", b"HTTP/1.1 200 OK\r\nnonsense\r\n\r\n"),
    ("a zero in a header", b"HTTP/1.1 200 OK\r\nX: a\0b\r\n\r\n"),
    ("a length of words", b"HTTP/1.1 200 OK\r\nContent-Length: many\r\n\r\n{}"),
    ("a negative length", b"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n{}"),
    ("two lengths", b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\n{} "),
];

/// All of them. `good` is a whole answer of the source; `elsewhere` an address that must never be asked.
pub fn cases(good: &str, elsewhere: &str) -> Vec<Case> {
    let mut cases = statuses();
    cases.extend(bodies());
    let closed = |bytes: &[u8]| then(bytes, Step::Close);
    cases.extend(HEADS.iter().map(|(name, bytes)| case(format!("head: {name}"), closed(bytes), Expect::Blind(NotTheApi))));
    cases.extend(harmless(good));
    cases.extend(lengths(good));
    cases.extend(compression(good));
    cases.extend(sockets(good));
    cases.extend(redirects(elsewhere));
    cases.extend(waits());
    cases
}

/// What answers with 200 in an API's place.
pub fn bodies() -> Vec<Case> {
    let of = |(name, headers, body): &(&str, &str, &[u8])| {
        case(format!("200 with {name}"), raw(http("200 OK", headers, body)), Expect::Blind(NotTheApi))
    };
    BODIES.iter().map(of).collect()
}

fn statuses() -> Vec<Case> {
    let bodies = [("no body", "", ""), ("a page", "Content-Type: text/html\r\n", "<h1>No</h1>"), ("an object", JSON, "{}")];
    let of = |(status, kind): &(&str, FaultKind)| {
        bodies.map(|(name, headers, body)| {
            case(format!("{status} with {name}"), raw(http(status, headers, body.as_bytes())), Expect::Blind(*kind))
        })
    };
    let mut cases: Vec<Case> = STATUSES.iter().flat_map(of).collect();
    for status in ["204 No Content", "205 Reset Content"] {
        cases.push(case(status, raw(format!("HTTP/1.1 {status}\r\n\r\n")), Expect::Blind(NotTheApi)));
    }
    cases.push(case("304 Not Modified", raw("HTTP/1.1 304 Not Modified\r\n\r\n"), Expect::Blind(Redirected)));
    cases.push(case("a refusal that never ends", drip("401 Unauthorized"), Expect::Blind(SignInRefused)));
    cases.push(case("a failure that never ends", drip("500 Internal Server Error"), Expect::Blind(ServerFailed)));
    cases
}

fn drip(status: &str) -> Reply {
    then(format!("HTTP/1.1 {status}\r\nContent-Length: 100000\r\n\r\n"), Step::Drip(vec![b'x'; 1000], Duration::from_millis(40)))
}

/// Odd, but nothing is missing.
fn harmless(good: &str) -> Vec<Case> {
    let length = good.len();
    let of = |head: String| raw(format!("{head}\r\n\r\n{good}"));
    let with = |header: &str| of(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n{header}"));
    let chunks = good.as_bytes().chunks(7).fold(Vec::new(), |mut all, part| {
        all.extend(format!("{:x};note=odd\r\n", part.len()).into_bytes());
        all.extend(part);
        all.extend(b"\r\n");
        all
    });
    let chunked = [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".as_slice(), &chunks, b"0\r\nX-Trailer: odd\r\n\r\n"].concat();
    let rows = [
        ("no type", of(format!("HTTP/1.1 200 OK\r\nContent-Length: {length}"))),
        ("a type of text", with("Content-Type: text/plain")),
        ("a type of bytes", with("Content-Type: application/octet-stream")),
        ("no reason", of(format!("HTTP/1.1 200\r\nContent-Length: {length}"))),
        ("bare line feeds", raw(format!("HTTP/1.1 200 OK\nContent-Length: {length}\n\n{good}"))),
        ("HTTP/1.0 to its end", then(format!("HTTP/1.0 200 OK\r\n\r\n{good}"), Step::Close)),
        ("no length to its end", then(format!("HTTP/1.1 200 OK\r\n\r\n{good}"), Step::Close)),
        ("many small chunks and a trailer", raw(chunked)),
        ("continue first", raw([b"HTTP/1.1 100 Continue\r\n\r\n".to_vec(), http("200 OK", JSON, good.as_bytes())].concat())),
        (
            "early hints first",
            raw([b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n".to_vec(), http("200 OK", JSON, good.as_bytes())].concat()),
        ),
        ("a date of words", with("Date: yesterday")),
        ("ninety headers", with(&(0..90).map(|i| format!("X-{i}: y")).collect::<Vec<_>>().join("\r\n"))),
        ("cookies", with("Set-Cookie: a=b; Path=/\r\nSet-Cookie: c=d")),
        ("blanks around the document", ok(&format!("\r\n\t {good} \n"))),
    ];
    rows.into_iter().map(|(name, reply)| case(format!("harmless: {name}"), reply, Expect::Same)).collect()
}

fn lengths(good: &str) -> Vec<Case> {
    let (whole, half) = (good.len(), good.len() / 2);
    let head = |length: &str| format!("HTTP/1.1 200 OK\r\n{JSON}{length}\r\n\r\n");
    let chunked = head("Transfer-Encoding: chunked");
    let rows: Vec<(&str, Reply, FaultKind)> = vec![
        ("too short", raw(format!("{}{good}", head(&format!("Content-Length: {half}")))), NotTheApi),
        ("too long, then the end", then(format!("{}{good}", head(&format!("Content-Length: {}", whole + 9))), Step::Close), Unreachable),
        ("too long, then a reset", then(format!("{}{good}", head(&format!("Content-Length: {}", whole + 9))), Step::Reset), Unreachable),
        ("too long, then nothing", then(format!("{}{good}", head(&format!("Content-Length: {}", whole + 9))), Step::Hang), TimedOut),
        ("beyond what exists", then(format!("{}{good}", head("Content-Length: 9223372036854775807")), Step::Close), Unreachable),
        ("beyond every number", then(format!("{}{good}", head("Content-Length: 99999999999999999999999")), Step::Close), NotTheApi),
        ("half, then the end", then(format!("{}{}", head(&format!("Content-Length: {whole}")), &good[..half]), Step::Close), Unreachable),
        ("half without a length", then(format!("HTTP/1.1 200 OK\r\n\r\n{}", &good[..half]), Step::Close), NotTheApi),
        ("HTTP/1.0 cut in half", then(format!("HTTP/1.0 200 OK\r\n\r\n{}", &good[..half]), Step::Close), NotTheApi),
        ("chunks without an end", then(format!("{chunked}{whole:x}\r\n{good}\r\n"), Step::Close), Unreachable),
        ("a chunk cut off", then(format!("{chunked}{whole:x}\r\n{}", &good[..half]), Step::Close), Unreachable),
        ("a chunk of odd size", then(format!("{chunked}zz\r\n{good}\r\n0\r\n\r\n"), Step::Close), NotTheApi),
        ("a chunk of negative size", then(format!("{chunked}-5\r\n{good}\r\n0\r\n\r\n"), Step::Close), NotTheApi),
        ("a chunk of monstrous size", then(format!("{chunked}fffffffffffffffff\r\n{good}"), Step::Close), NotTheApi),
        ("a chunk that lies", then(format!("{chunked}5\r\n{good}\r\n0\r\n\r\n"), Step::Close), NotTheApi),
        ("chunks, then nothing", then(format!("{chunked}{whole:x}\r\n{good}\r\n"), Step::Hang), TimedOut),
        ("no chunk at all", raw(format!("{chunked}0\r\n\r\n")), NotTheApi),
    ];
    rows.into_iter().map(|(name, reply, kind)| case(format!("length: {name}"), reply, Expect::Blind(kind))).collect()
}

fn compression(good: &str) -> Vec<Case> {
    let packed = gzip(good.as_bytes());
    let answer = |coding: &str, body: &[u8]| raw(http("200 OK", &format!("{JSON}Content-Encoding: {coding}\r\n"), body));
    let mut torn = packed.clone();
    torn.truncate(packed.len() / 2);
    let mut bent = packed.clone();
    let middle = bent.len() / 2;
    bent[middle..].iter_mut().take(8).for_each(|byte| *byte ^= 0x55);
    let mut wrong_sum = packed.clone();
    let end = wrong_sum.len() - 8;
    wrong_sum[end] ^= 0xff;
    let bomb = gzip(&vec![b' '; 48 * 1024 * 1024]);
    let rows = [
        ("gzip", answer("gzip", &packed), Expect::Same),
        ("identity", answer("identity", good.as_bytes()), Expect::Same),
        ("garbage", answer("gzip", b"\x00\x01\x02 no gzip at all"), Expect::Blind(NotTheApi)),
        ("plain text that claims to be packed", answer("gzip", good.as_bytes()), Expect::Blind(NotTheApi)),
        ("torn", answer("gzip", &torn), Expect::Blind(NotTheApi)),
        ("bent", answer("gzip", &bent), Expect::Blind(NotTheApi)),
        ("a wrong sum", answer("gzip", &wrong_sum), Expect::Blind(NotTheApi)),
        ("packed twice", answer("gzip, gzip", &gzip(&packed)), Expect::Blind(NotTheApi)),
        ("packed and not said", answer("identity", &packed), Expect::Blind(NotTheApi)),
        ("brotli, which nobody asked for", answer("br", b"\x0b\x02\x80abc\x03\xff\xfe"), Expect::Blind(NotTheApi)),
        ("zstd, which nobody asked for", answer("zstd", b"\x28\xb5\x2f\xfd\xff\xfe"), Expect::Blind(NotTheApi)),
        ("a bomb", answer("gzip", &bomb), Expect::Blind(TooLarge)),
    ];
    rows.into_iter().map(|(name, reply, expect)| case(format!("packed: {name}"), reply, expect)).collect()
}

fn sockets(good: &str) -> Vec<Case> {
    let whole = http("200 OK", JSON, good.as_bytes());
    let head_end = whole.windows(4).position(|w| w == b"\r\n\r\n").unwrap_or(20);
    let pause = Duration::from_millis(30);
    let megabyte = vec![b' '; 1024 * 1024];
    let endless = format!("HTTP/1.1 200 OK\r\n{JSON}\r\n").into_bytes();
    let long = format!("HTTP/1.1 200 OK\r\nX: {}\r\n\r\n", "y".repeat(1024 * 1024));
    let many = format!("HTTP/1.1 200 OK\r\n{}\r\n", (0..2000).map(|i| format!("X-{i}: y\r\n")).collect::<Vec<_>>().concat());
    let steps = |steps: Vec<Step>| Reply { unasked: false, steps };
    let unasked = |step: Step| Reply { unasked: true, steps: vec![step] };
    let rows = vec![
        ("closed before the question", unasked(Step::Close), Unreachable),
        ("reset before the question", unasked(Step::Reset), Unreachable),
        ("closed without a word", steps(vec![Step::Close]), Unreachable),
        ("reset without a word", steps(vec![Step::Reset]), Unreachable),
        ("closed in the head", then(&whole[..head_end / 2], Step::Close), Unreachable),
        ("reset in the head", then(&whole[..head_end / 2], Step::Reset), Unreachable),
        ("closed after the head", then(&whole[..head_end + 4], Step::Close), Unreachable),
        ("reset in the body", then(&whole[..whole.len() - 20], Step::Reset), Unreachable),
        ("only a continue", then("HTTP/1.1 100 Continue\r\n\r\n", Step::Close), Unreachable),
        (
            "an answer before the question, then nothing",
            Reply { unasked: true, steps: vec![Step::Say(b"x".to_vec()), Step::Hang] },
            NotTheApi,
        ),
        ("never a word", steps(vec![Step::Hang]), TimedOut),
        ("silent in the head", then(&whole[..head_end / 2], Step::Hang), TimedOut),
        ("silent in the body", then(&whole[..whole.len() - 20], Step::Hang), TimedOut),
        ("a head that drips", steps(vec![Step::Drip(whole.clone(), pause)]), TimedOut),
        (
            "a body that drips",
            steps(vec![Step::Say(whole[..head_end + 4].to_vec()), Step::Drip(whole[head_end + 4..].to_vec(), pause)]),
            TimedOut,
        ),
        ("blanks for ever", steps(vec![Step::Say(endless.clone()), Step::Drip(vec![b' '; 2000], pause)]), TimedOut),
        ("fifty megabytes of blanks", steps(vec![Step::Say(endless), Step::Repeat(megabyte.clone(), 50), Step::Close]), TooLarge),
        (
            "fifty announced megabytes",
            steps(vec![
                Step::Say(format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n\r\n", 50 << 20).into_bytes()),
                Step::Repeat(megabyte, 50),
            ]),
            TooLarge,
        ),
        ("a megabyte of header", then(long, Step::Close), NotTheApi),
        ("two thousand headers", then(many, Step::Close), NotTheApi),
    ];
    rows.into_iter().map(|(name, reply, kind)| case(format!("socket: {name}"), reply, Expect::Blind(kind))).collect()
}

fn redirects(elsewhere: &str) -> Vec<Case> {
    let mut cases = Vec::new();
    let places = [
        ("another port", format!("http://{elsewhere}/api/v1/query?x=y")),
        ("another scheme", format!("https://{elsewhere}/")),
        ("another name", "http://localhost:1/".to_owned()),
        ("another host without scheme", format!("//{elsewhere}/")),
        ("a user in the address", format!("http://someone:else@{elsewhere}/")),
        ("a script", "javascript:alert(1)".to_owned()),
        ("a file", "file:///etc/passwd".to_owned()),
        ("link-local", "http://169.254.169.254/latest".to_owned()),
        ("itself", "/again".to_owned()),
        ("nowhere", String::new()),
        ("no address", "http://[::1".to_owned()),
        ("a very long place", format!("/{}", "x".repeat(8000))),
    ];
    for (name, place) in &places {
        for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect"] {
            let reply = raw(http(status, &format!("Location: {place}\r\n"), b""));
            cases.push(case(format!("redirect {} to {name}", &status[..3]), reply, Expect::Blind(Redirected)));
        }
    }
    cases
}

fn waits() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        "0",
        "5",
        "-7",
        "1000000000",
        "99999999999999999999",
        "soon",
        "",
        "Wed, 21 Oct 2099 07:28:00 GMT",
        "Wed, 21 Oct 2015 07:28:00 GMT",
    ]
    .iter()
    .map(|after| {
        let reply = raw(http("429 Too Many Requests", &format!("Retry-After: {after}\r\n"), b""));
        case(format!("429 with Retry-After `{after}`"), reply, Expect::Blind(RateLimited))
    })
    .collect();
    for (name, date) in [("1970", "Thu, 01 Jan 1970 00:00:00 GMT"), ("2099", "Thu, 01 Jan 2099 00:00:00 GMT")] {
        let reply = raw(http("200 OK", &format!("{JSON}Date: {date}\r\n"), b"{\"status\":\"success\"}"));
        cases.push(case(format!("a clock in {name}"), reply, Expect::Blind(ClockSkew)));
    }
    cases
}
