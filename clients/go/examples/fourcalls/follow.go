package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"time"

	pb "chancery.example/go/chanceryv1"
	"google.golang.org/grpc"
)

const (
	// Four times the service's `checkpointSeconds`.
	silence     = 40 * time.Second
	largestList = 128 << 20
)

// follower holds one StreamCRL open for one authority. It shows what is to be checked of each list; a verifier that decides by them also keeps
// their entries, and comes back with a resume point when the stream ends ("Following the lists" in docs/protocol.md).
type follower struct {
	stream grpc.ServerStreamingClient[pb.StreamCRLResponse]
	stop   context.CancelFunc
	issuer *x509.Certificate
	// number is that of the newest list taken.
	number uint64
}

// follow opens the stream and reads the complete list that it begins with.
func follow(service pb.AuthorizationServiceClient, issued *pb.IssueCertificateResponse) (*follower, error) {
	// The first certificate above the leaf is the authority that signs the lists. It is believed here because it came over mTLS, from the
	// service; verifiers have the trust bundle.
	issuer, err := x509.ParseCertificate(issued.ChainDer[0])
	if err != nil {
		return nil, err
	}
	ctx, stop := context.WithCancel(context.Background())
	stream, err := service.StreamCRL(ctx, &pb.StreamCRLRequest{Authorities: []string{issued.Authority}})
	if err != nil {
		stop()
		return nil, err
	}
	f := &follower{stream: stream, stop: stop, issuer: issuer}
	if err := f.readSnapshot(); err != nil {
		stop()
		return nil, err
	}
	return f, nil
}

func (f *follower) readSnapshot() error {
	first, err := f.next()
	if err != nil {
		return err
	}
	begin := first.GetSnapshotBegin()
	if begin == nil || begin.TotalBytes > largestList {
		return fmt.Errorf("the stream begins with %v", first)
	}
	var der []byte
	for {
		message, err := f.next()
		if err != nil {
			return err
		}
		if message.GetSnapshotEnd() != nil {
			break
		}
		chunk := message.GetSnapshotChunk()
		if chunk == nil || chunk.Offset != uint64(len(der)) || chunk.Offset+uint64(len(chunk.Data)) > begin.TotalBytes {
			return errors.New("the complete list comes in pieces that do not fit")
		}
		der = append(der, chunk.Data...)
	}
	if hash := sha256.Sum256(der); !bytes.Equal(hash[:], begin.Sha256) {
		return errors.New("the complete list is not the one that was announced")
	}
	_, err = f.take(der)
	return err
}

// waitFor reads on up to the list with this number, or one beyond it, and fails if none of them names the certificate.
func (f *follower) waitFor(number uint64, serialNumber string) error {
	serial, ok := new(big.Int).SetString(serialNumber, 16)
	if !ok {
		return fmt.Errorf("%q is no serial number", serialNumber)
	}
	named := false
	for f.number < number {
		message, err := f.next()
		if err != nil {
			return err
		}
		// A checkpoint is a delta without entries.
		der := message.GetDelta().GetDeltaCrlDer()
		if der == nil {
			der = message.GetCheckpoint().GetSignedCheckpointDer()
		}
		list, err := f.take(der)
		if err != nil {
			return err
		}
		for _, entry := range list.RevokedCertificateEntries {
			named = named || entry.SerialNumber.Cmp(serial) == 0
		}
	}
	if !named {
		return fmt.Errorf("the lists up to %d do not name %s", f.number, serialNumber)
	}
	return nil
}

// take verifies a list, complete or delta, and moves on to its number. What stands beside a list in a message proves nothing; only what is signed counts.
func (f *follower) take(der []byte) (*x509.RevocationList, error) {
	list, err := x509.ParseRevocationList(der)
	if err != nil {
		return nil, err
	}
	if err := list.CheckSignatureFrom(f.issuer); err != nil {
		return nil, err
	}
	base, err := baseOf(list)
	if err != nil {
		return nil, err
	}
	if base != f.number || list.Number == nil || list.Number.Uint64() <= f.number || time.Now().After(list.NextUpdate) {
		return nil, fmt.Errorf("list %v on %d does not follow list %d, or has expired", list.Number, base, f.number)
	}
	f.number = list.Number.Uint64()
	return list, nil
}

var deltaCRLIndicator = asn1.ObjectIdentifier{2, 5, 29, 27}

// baseOf is the number of the list that a delta changes (RFC 5280 section 5.2.4), 0 for a complete list.
func baseOf(list *x509.RevocationList) (uint64, error) {
	for _, extension := range list.Extensions {
		if extension.Id.Equal(deltaCRLIndicator) {
			base := new(big.Int)
			_, err := asn1.Unmarshal(extension.Value, &base)
			return base.Uint64(), err
		}
	}
	return 0, nil
}

// next waits for a message, but not for ever: a stream without even a checkpoint is frozen.
func (f *follower) next() (*pb.StreamCRLResponse, error) {
	watchdog := time.AfterFunc(silence, f.stop)
	defer watchdog.Stop()
	return f.stream.Recv()
}
