//! Which network a request comes from, for counting failed sign-ins.

use std::net::{IpAddr, Ipv4Addr};

use axum::extract::FromRequestParts;
use axum::http::HeaderMap;
use axum::http::request::Parts;

use crate::App;
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
        Ok(Self(client(
            peer,
            &parts.headers,
            &app.config().server.proxies,
        )))
    }
}

/// The nearest address that is not one of our proxies, going back from the peer.
fn client(peer: IpAddr, headers: &HeaderMap, proxies: &[IpAddr]) -> IpAddr {
    let lines: Vec<_> = headers
        .get_all("x-forwarded-for")
        .iter()
        .filter_map(|line| line.to_str().ok())
        .collect();
    let mut nearest = peer;
    for hop in lines.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !proxies.contains(&nearest) {
            break;
        }
        match hop.trim().parse() {
            Ok(address) => nearest = address,
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
        assert_eq!(
            client(stranger, &headers("198.51.100.7"), &[proxy]),
            stranger
        );
        assert_eq!(
            client(proxy, &headers("198.51.100.7"), &[proxy]),
            ip("198.51.100.7")
        );
        assert_eq!(
            client(proxy, &headers("1.1.1.1, 198.51.100.7"), &[proxy]),
            ip("198.51.100.7")
        );
        assert_eq!(client(proxy, &headers("nonsense"), &[proxy]), proxy);
        assert_eq!(client(proxy, &HeaderMap::new(), &[proxy]), proxy);
    }
}
