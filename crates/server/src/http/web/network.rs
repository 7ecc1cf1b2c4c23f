//! Which network a request comes from, for counting failed sign-ins.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::App;
use crate::config::Server;
use crate::error::Error;
use crate::http::listen::Peer;

/// The address a request comes from. A forwarding header counts only from a listed proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Network(pub IpAddr);

impl FromRequestParts<App> for Network {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Error> {
        let peer = parts
            .extensions
            .get::<Peer>()
            .map_or(IpAddr::V4(Ipv4Addr::LOCALHOST), |peer| peer.0.ip());
        Ok(Self(client(peer, &parts.headers, &app.config().server)))
    }
}

/// The nearest address that is not one of our proxies, going back from the peer.
fn client(peer: IpAddr, headers: &HeaderMap, server: &Server) -> IpAddr {
    let lines: Vec<_> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let mut nearest = peer.to_canonical();
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !server.is_proxy(nearest) {
            break;
        }
        match hop.trim().parse::<IpAddr>() {
            Ok(address) => nearest = address.to_canonical(),
            Err(_) => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(forwarded: &str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        headers
    }

    fn ip(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_forwarding_header_counts_only_from_a_listed_proxy() {
        let (proxy, stranger) = (ip("10.0.0.1"), ip("203.0.113.9"));
        let server = Server {
            proxies: vec![proxy],
            ..Server::default()
        };
        let client = |peer, forwarded: &str| client(peer, &headers(forwarded), &server);
        assert_eq!(client(stranger, "198.51.100.7"), stranger);
        assert_eq!(client(proxy, "198.51.100.7"), ip("198.51.100.7"));
        assert_eq!(client(proxy, "1.1.1.1, 198.51.100.7"), ip("198.51.100.7"));
        assert_eq!(client(proxy, "nonsense"), proxy);
        assert_eq!(super::client(proxy, &HeaderMap::new(), &server), proxy);
    }

    #[test]
    fn an_ipv4_address_is_the_same_one_when_it_is_written_as_ipv6() {
        let server = Server {
            proxies: vec![ip("10.0.0.1"), ip("::ffff:10.0.0.2")],
            ..Server::default()
        };
        let client = |peer, forwarded: &str| client(ip(peer), &headers(forwarded), &server);
        for proxy in ["::ffff:10.0.0.1", "10.0.0.2"] {
            assert_eq!(client(proxy, "::ffff:198.51.100.7"), ip("198.51.100.7"));
            assert_eq!(
                client(proxy, "198.51.100.7, ::ffff:10.0.0.1"),
                ip("198.51.100.7")
            );
        }
        assert_eq!(client("::ffff:203.0.113.9", "1.1.1.1"), ip("203.0.113.9"));
    }
}
