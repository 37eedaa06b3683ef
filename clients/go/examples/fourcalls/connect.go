package main

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials"
	"google.golang.org/grpc/keepalive"
)

// connect prepares a connection over mTLS with an identity folder: key.pem and cert.pem say who we are, ca.pem whom we believe.
func connect(address, identity string) (*grpc.ClientConn, error) {
	if identity == "" {
		return nil, errors.New("no identity: give --identity DIR, or set CHANCERY_IDENTITY")
	}
	own, err := tls.LoadX509KeyPair(filepath.Join(identity, "cert.pem"), filepath.Join(identity, "key.pem"))
	if err != nil {
		return nil, fmt.Errorf("the identity %s cannot be used: %w", identity, err)
	}
	trusted, err := os.ReadFile(filepath.Join(identity, "ca.pem"))
	if err != nil {
		return nil, fmt.Errorf("the identity %s cannot be used: %w", identity, err)
	}
	roots := x509.NewCertPool()
	if !roots.AppendCertsFromPEM(trusted) {
		return nil, fmt.Errorf("the identity %s cannot be used: ca.pem holds no certificate", identity)
	}
	// The name of the server is taken from the address, and no other root but ours is believed.
	transport := grpc.WithTransportCredentials(credentials.NewTLS(&tls.Config{
		Certificates: []tls.Certificate{own},
		RootCAs:      roots,
		MinVersion:   tls.VersionTLS12,
	}))
	// A host that lost its power closes nothing: without pings a stream would wait for it, and so would the next on the same connection.
	pings := grpc.WithKeepaliveParams(keepalive.ClientParameters{Time: 20 * time.Second, Timeout: 5 * time.Second})
	return grpc.NewClient(address, transport, pings)
}
