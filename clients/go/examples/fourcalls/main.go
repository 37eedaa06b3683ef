// Command fourcalls takes one certificate through its life by the four calls of chancery.v1: it is issued, a request that is signed with its
// key is allowed, it is revoked, the news arrives on a stream that is held open, and the next request is denied. It ends with 0 if all of that held.
package main

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/x509"
	"crypto/x509/pkix"
	"flag"
	"fmt"
	"os"
	"strings"
	"time"

	pb "chancery.example/go/chanceryv1"
)

// How long an answer may take. Every call has a deadline but the stream.
const patience = 30 * time.Second

func main() {
	address := flag.String("address", or(os.Getenv("CHANCERY_ADDRESS"), "localhost:8443"), "host:port of the service")
	identity := flag.String("identity", os.Getenv("CHANCERY_IDENTITY"), "folder with key.pem, cert.pem and ca.pem")
	client := flag.String("client", "alice", "client that gets the certificate")
	scope := flag.String("scope", "bob.user.read", "scope that is granted to it")
	flag.Parse()

	if err := run(*address, *identity, *client, *scope); err != nil {
		fmt.Fprintln(os.Stderr, "fourcalls:", explain(err))
		os.Exit(1)
	}
}

func or(value, fallback string) string {
	if value != "" {
		return value
	}
	return fallback
}

func run(address, identity, client, scope string) error {
	connection, err := connect(address, identity)
	if err != nil {
		return err
	}
	defer connection.Close()
	service := pb.NewAuthorizationServiceClient(connection)

	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	issued, err := issue(service, key, client, scope)
	if err != nil {
		return err
	}
	say("issued", "%s to %s with %s", issued.SerialNumber, client, strings.Join(issued.GrantedScopes, " "))

	// What the service refuses is an error with a reason, and its metadata say what it is about.
	_, err = issue(service, key, client, "not.granted.to.anyone")
	if reason := refusalOf(err); reason == nil || reason.Reason != "ERROR_REASON_SCOPE_NOT_GRANTABLE" {
		return fmt.Errorf("a scope that nobody was granted was not refused as such: %w", err)
	}
	say("refused", "%s", explain(err))

	// Before anything is revoked, so that the delta with the news comes on this stream.
	lists, err := follow(service, issued)
	if err != nil {
		return err
	}
	defer lists.stop()
	say("following", "%s from list %d", issued.Authority, lists.number)

	signer := requestSigner{key: key, certificateDER: issued.CertificateDer}
	if err := expect(service, signer, scope, pb.DenyReason_DENY_REASON_UNSPECIFIED); err != nil {
		return err
	}
	// A denial is no error: it is an answer, with one reason.
	if err := expect(service, signer, scope+".more", pb.DenyReason_DENY_REASON_SCOPE_INSUFFICIENT); err != nil {
		return err
	}

	revoked, err := revoke(service, issued)
	if err != nil {
		return err
	}
	say("revoked", "%s, in every list from %d on", issued.SerialNumber, revoked.CrlNumber)
	if err := lists.waitFor(revoked.CrlNumber, issued.SerialNumber); err != nil {
		return err
	}
	say("learnt", "from list %d that %s is revoked", lists.number, issued.SerialNumber)
	return expect(service, signer, scope, pb.DenyReason_DENY_REASON_CERTIFICATE_REVOKED)
}

// issue sends a certificate signing request. The private key stays here.
func issue(service pb.AuthorizationServiceClient, key *ecdsa.PrivateKey, client, scope string) (*pb.IssueCertificateResponse, error) {
	csr, err := x509.CreateCertificateRequest(rand.Reader, &x509.CertificateRequest{Subject: pkix.Name{CommonName: client}}, key)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return service.IssueCertificate(ctx, &pb.IssueCertificateRequest{
		ClientId: client,
		Key:      &pb.IssueCertificateRequest_CsrDer{CsrDer: csr},
		Scopes:   []string{scope},
		// A retry under the same key gets the same certificate, not a second one.
		IdempotencyKey: rand.Text(),
	})
}

// expect signs a request, asks what a resource server would ask, and holds the answer against what it must be; no reason means ALLOW.
func expect(service pb.AuthorizationServiceClient, signer requestSigner, scope string, want pb.DenyReason) error {
	request, err := signer.sign("GET", "/users/7", "bob.example", nil)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	answer, err := service.VerifyRequest(ctx, &pb.VerifyRequestRequest{
		Credential:     &pb.VerifyRequestRequest_HttpSignature{HttpSignature: request},
		RequiredScopes: []string{scope},
	})
	if err != nil {
		return err
	}
	allowed := answer.Decision == pb.Decision_DECISION_ALLOW
	if allowed != (want == pb.DenyReason_DENY_REASON_UNSPECIFIED) || answer.DenyReason != want {
		return fmt.Errorf("a request for %s is answered %v %v, not %v", scope, answer.Decision, answer.DenyReason, want)
	}
	if allowed {
		say("allowed", "%s for %s", answer.Principal.ClientId, scope)
	} else {
		say("denied", "%s for %s", strings.TrimPrefix(answer.DenyReason.String(), "DENY_REASON_"), scope)
	}
	return nil
}

func revoke(service pb.AuthorizationServiceClient, issued *pb.IssueCertificateResponse) (*pb.RevokeCertificateResponse, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	return service.RevokeCertificate(ctx, &pb.RevokeCertificateRequest{
		Target: &pb.RevokeCertificateRequest_CertificateDer{CertificateDer: issued.CertificateDer},
		Reason: pb.RevocationReason_REVOCATION_REASON_CESSATION_OF_OPERATION,
	})
}

func say(what, format string, values ...any) {
	fmt.Printf("%-10s %s\n", what, fmt.Sprintf(format, values...))
}
