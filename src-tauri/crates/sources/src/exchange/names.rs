//! Name resolution that never leads to link-local addresses, where cloud machines keep their credentials.

use std::error::Error;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs};

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use url::{Host, Url};

/// The system's resolver without link-local results.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Outward;

impl Resolve for Outward {
    fn resolve(&self, name: Name) -> Resolving {
        let host = name.as_str().to_owned();
        Box::pin(async move {
            let found = tokio::task::spawn_blocking(move || (host.as_str(), 0).to_socket_addrs()).await;
            let found: Vec<SocketAddr> = found.map_err(boxed)?.map_err(boxed)?.collect();
            let outward: Vec<SocketAddr> = found.into_iter().filter(|address| !link_local(address.ip())).collect();
            if outward.is_empty() {
                return Err("the name leads to link-local addresses only, which are never asked".into());
            }
            let addresses: Addrs = Box::new(outward.into_iter());
            Ok(addresses)
        })
    }
}

/// Whether an address is written as a link-local one.
pub(crate) fn is_link_local(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => link_local(ip.into()),
        Some(Host::Ipv6(ip)) => link_local(ip.into()),
        Some(Host::Domain(_)) | None => false,
    }
}

fn link_local(ip: IpAddr) -> bool {
    match ip {
        IpAddr::V4(ip) => ip.is_link_local(),
        IpAddr::V6(ip) => ip.is_unicast_link_local() || ip.to_ipv4_mapped().is_some_and(|ip| ip.is_link_local()),
    }
}

fn boxed(error: impl Error + Send + Sync + 'static) -> Box<dyn Error + Send + Sync> {
    Box::new(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_addresses_are_known_in_every_dress() {
        for (text, link) in [
            ("http://169.254.169.254/latest", true),
            ("http://[fe80::1]/", true),
            ("http://[::ffff:169.254.169.254]/", true),
            ("http://2852039166/", true),
            ("http://127.0.0.1:9090/", false),
            ("http://10.1.2.3/", false),
            ("https://prometheus.example/", false),
        ] {
            assert_eq!(is_link_local(&Url::parse(text).unwrap()), link, "{text}");
        }
    }
}
