//! The fallback socket over loopback: the same connection, with and against the usual one.

#![allow(clippy::unwrap_used, reason = "a failed step fails the test")]

use std::net::{SocketAddr, UdpSocket};

use aval_tests::simnet::pair::configs;
use aval_transport::socket::{Socket, endpoint, plain};
use quinn::EndpointConfig;

fn anywhere() -> SocketAddr {
    ([127, 0, 0, 1], 0).into()
}

fn plain_socket() -> Socket {
    Socket::Custom(plain(UdpSocket::bind(anywhere()).unwrap()).unwrap(), EndpointConfig::default())
}

/// Several connections at once, each moving a megabyte there and back.
async fn echo(server_socket: Socket, client_socket: Socket) {
    let (client_config, server_config) = configs().unwrap();
    let server = endpoint(server_socket, Some(server_config)).unwrap();
    let client = endpoint(client_socket, None).unwrap();
    let address = server.local_addr().unwrap();
    let serving = tokio::spawn(async move {
        while let Some(incoming) = server.accept().await {
            let connection = incoming.await.unwrap();
            tokio::spawn(async move {
                let (mut send, mut recv) = connection.accept_bi().await.unwrap();
                while let Some(chunk) = recv.read_chunk(65_536, true).await.unwrap() {
                    send.write_all(&chunk.bytes).await.unwrap();
                }
                send.finish().unwrap();
                connection.closed().await;
            });
        }
    });
    let mut clients = Vec::new();
    for n in 0..4_u8 {
        let connecting = client.connect_with(client_config.clone(), address, "relay").unwrap();
        clients.push(tokio::spawn(async move {
            let connection = connecting.await.unwrap();
            let (mut send, mut recv) = connection.open_bi().await.unwrap();
            let sending = tokio::spawn(async move {
                send.write_all(&vec![n; 1_000_000]).await.unwrap();
                send.finish().unwrap();
            });
            assert_eq!(recv.read_to_end(2_000_000).await.unwrap(), vec![n; 1_000_000]);
            sending.await.unwrap();
        }));
    }
    for client in clients {
        client.await.unwrap();
    }
    serving.abort();
}

#[tokio::test]
async fn plain_to_plain() {
    echo(plain_socket(), plain_socket()).await;
}

#[tokio::test]
async fn plain_to_usual() {
    echo(Socket::Udp(anywhere()), plain_socket()).await;
}

#[tokio::test]
async fn usual_to_usual() {
    echo(Socket::Udp(anywhere()), Socket::Udp(anywhere())).await;
}
