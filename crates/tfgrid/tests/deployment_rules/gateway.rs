//! Gateways, by name and by domain.

use serde_json::{Value, json};

use crate::{by_fqdn, by_name, machine, refused, verdict};

#[test]
fn gateways() {
    let good = || by_name("myclub", false, "http://185.206.122.33:9000", Value::Null);
    for wrong in [
        "",
        "ab",
        "MyClub",
        "my_club",
        "-club",
        "club-",
        "my.club",
        &"a".repeat(64),
    ] {
        refused(
            good(),
            "/workloads/0/data/name",
            json!(wrong),
            "data.name",
            "",
        );
    }
    for wrong in [
        "",
        "185.206.122.33",
        "185.206.122.33:80",
        "https://185.206.122.33",
        "http://example.org",
        "http://2001:db8::5",
        "http://[2001:db8::5",
        "http://1.2.3.4/",
        "http://1.2.3.4:0",
        "http://1.2.3.4:65536",
        "http://user@1.2.3.4",
        "HTTP://1.2.3.4",
        "http://[fe80::1%1]:80",
    ] {
        refused(
            good(),
            "/workloads/0/data/backends/0",
            json!(wrong),
            "backends[0]",
            "write http://",
        );
    }
    let backend = "/workloads/0/data/backends/0";
    for wrong in [
        "http://127.0.0.1:80",
        "http://[::1]",
        "http://0.0.0.0",
        "http://[::ffff:127.0.0.1]:80",
    ] {
        refused(
            good(),
            backend,
            json!(wrong),
            "backends[0]",
            "the gateway itself",
        );
    }
    for wrong in [
        "http://10.20.2.5:80",
        "http://192.168.0.2",
        "http://[::ffff:10.20.2.5]",
        "http://169.254.1.1",
        "http://100.64.1.1:80",
        "http://224.0.0.1",
        "http://255.255.255.255",
        "http://[fd00::1]:80",
        "http://[fe80::1]:80",
        "http://[ff02::1]:80",
    ] {
        refused(
            good(),
            backend,
            json!(wrong),
            "backends[0]",
            "only through its network",
        );
    }
    for wrong in [json!([]), json!(["http://1.2.3.4", "http://1.2.3.5"])] {
        refused(
            good(),
            "/workloads/0/data/backends",
            wrong,
            "data.backends",
            "exactly one",
        );
    }
    let inside = || by_name("myclub", true, "10.20.2.5:443", json!("net"));
    for wrong in [
        "http://10.20.2.5:443",
        "10.20.2.5",
        "10.20.2.5:0",
        "2001:db8::5:443",
    ] {
        refused(inside(), backend, json!(wrong), "backends[0]", "ip:port");
    }
    refused(
        inside(),
        backend,
        json!("[2001:db8::5]:443"),
        "backends[0]",
        "in the network",
    );
    for wrong in ["", "my-net", "pub"] {
        refused(
            inside(),
            "/workloads/0/data/network",
            json!(wrong),
            "data.network",
            "",
        );
    }
    for wrong in ["8.8.8.8:443", "224.0.0.1:443"] {
        refused(
            inside(),
            backend,
            json!(wrong),
            "backends[0]",
            "in the network",
        );
    }
    let mut with_network = inside();
    let network = machine()["workloads"][0].clone();
    with_network["workloads"]
        .as_array_mut()
        .unwrap()
        .push(network);
    assert_eq!(verdict(&with_network), Ok(()));
    refused(
        with_network,
        backend,
        json!("10.21.2.5:443"),
        "backends[0]",
        "in the network",
    );

    for wrong in [
        "",
        "example",
        "example.org.",
        ".example.org",
        "a..b",
        "vidéos.example.org",
        "a.b",
        "*.example.org",
        "a b.example.org",
        &format!("{}.org", "a".repeat(64)),
        &format!("{}org", "abcdefg.".repeat(32)),
    ] {
        refused(
            by_fqdn("a.example"),
            "/workloads/0/data/fqdn",
            json!(wrong),
            "data.fqdn",
            "host name",
        );
    }
}
