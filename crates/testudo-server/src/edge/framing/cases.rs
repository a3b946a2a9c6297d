//! Requests with good and bad framing, as bytes on a connection.

/// Requests as bytes, and what comes of them: the status, and the paths and contents that a handler saw.
pub(crate) struct Case {
    pub(crate) name: &'static str,
    pub(crate) bytes: &'static str,
    pub(crate) status: u16,
    pub(crate) handled: &'static [&'static str],
}

const fn case(
    name: &'static str,
    bytes: &'static str,
    status: u16,
    handled: &'static [&'static str],
) -> Case {
    Case { name, bytes, status, handled }
}

/// Behind each request stands another, `/hidden`, which must not be seen where a proxy would take it for content.
pub(crate) const CASES: &[Case] = &[
    case("plain", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 200, &["/ "]),
    case("sized", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi", 200, &["/ hi"]),
    case(
        "chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        200,
        &["/ hi"],
    ),
    case(
        "chunked, in capitals",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: CHUNKED\r\n\r\n2\r\nhi\r\n0\r\n\r\n",
        200,
        &["/ hi"],
    ),
    case(
        "pipelined",
        "GET /1 HTTP/1.1\r\nHost: a\r\n\r\nGET /2 HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
        &["/1 ", "/2 "],
    ),
    case(
        "the same length twice",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 2\r\n\r\nhi",
        200,
        &["/ hi"],
    ),
    // Chunked counts, and the connection ends (RFC 9112, section 6.3, item 3): nothing hides behind it.
    case(
        "a length, then chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 40\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
        &["/ "],
    ),
    case(
        "chunked, then a length",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 40\r\n\r\n0\r\n\r\nGET /hidden HTTP/1.1\r\nHost: a\r\n\r\n",
        200,
        &["/ "],
    ),
    case(
        "differing lengths",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\nContent-Length: 3\r\n\r\nhi!",
        400,
        &[],
    ),
    case("a list of lengths", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2, 2\r\n\r\nhi", 400, &[]),
    case("a signed length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +2\r\n\r\nhi", 400, &[]),
    case("a negative length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -2\r\n\r\nhi", 400, &[]),
    case("a hexadecimal length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0x2\r\n\r\nhi", 400, &[]),
    case("an empty length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \r\n\r\nhi", 400, &[]),
    case(
        "a length beyond 64 bits",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 18446744073709551618\r\n\r\nhi",
        400,
        &[],
    ),
    case(
        "a folded line",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case("a folded line of another field", "GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n", 400, &[]),
    case("a blank before the first field", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400, &[]),
    case(
        "a blank before the colon",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "gzip as the last coding",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, gzip\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "identity",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: identity\r\nContent-Length: 2\r\n\r\nhi",
        400,
        &[],
    ),
    case(
        "almost chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "chunked with a parameter",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked;q=1\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "chunked in HTTP/1.0",
        "POST / HTTP/1.0\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "gzip before chunked",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n",
        501,
        &[],
    ),
    case(
        "gzip before chunked, in fields of their own",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        501,
        &[],
    ),
    case(
        "chunked twice",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case(
        "chunked twice, in fields of their own",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
        400,
        &[],
    ),
    case("a host as the target of GET", "GET a:80 HTTP/1.1\r\nHost: a\r\n\r\n", 400, &[]),
    case("an asterisk as the target of GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", 400, &[]),
    case("an asterisk as the target of OPTIONS", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", 200, &["* "]),
    case("a path as the target of CONNECT", "CONNECT / HTTP/1.1\r\nHost: a\r\n\r\n", 400, &[]),
    case("a whole URL as the target", "GET http://a/x HTTP/1.1\r\nHost: a\r\n\r\n", 200, &["/x "]),
    case("a null byte in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: a\0b\r\n\r\n", 400, &[]),
    case("a lone carriage return", "GET / HTTP/1.1\r\nHost: a\r\nX: a\rb\r\n\r\n", 400, &[]),
    case("a null byte in a name", "GET / HTTP/1.1\r\nHost: a\r\nX\0: a\r\n\r\n", 400, &[]),
    case("HTTP/2.0 in a request line", "GET / HTTP/2.0\r\nHost: a\r\n\r\n", 400, &[]),
    // Recipients may take a lone line feed for the end of a line (RFC 9112, section 2.2).
    case("lone line feeds", "GET / HTTP/1.1\nHost: a\n\n", 200, &["/ "]),
];
