package main

import (
	"crypto/ecdsa"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"

	pb "chancery.example/go/chanceryv1"
)

// requestSigner signs HTTP requests by the simple profile (docs/protocol.md).
type requestSigner struct {
	key            *ecdsa.PrivateKey
	certificateDER []byte
}

// sign returns the request as the resource server would receive it, and pass it on to VerifyRequest.
func (s requestSigner) sign(method, target, authority string, body []byte) (*pb.HttpSignature, error) {
	timestamp := strconv.FormatInt(time.Now().Unix(), 10)
	nonce := rand.Text()
	bodyHash := sha256.Sum256(body)
	base := strings.Join([]string{method, target, authority, hex.EncodeToString(bodyHash[:]), timestamp, nonce}, "\n")
	baseHash := sha256.Sum256([]byte(base))
	signature, err := ecdsa.SignASN1(rand.Reader, s.key, baseHash[:])
	if err != nil {
		return nil, err
	}
	return &pb.HttpSignature{
		Method:    method,
		Target:    target,
		Authority: authority,
		Scheme:    "https",
		Headers: []*pb.HeaderField{
			{Name: "X-Client-Cert", Value: []byte(base64.StdEncoding.EncodeToString(s.certificateDER))},
			{Name: "X-Timestamp", Value: []byte(timestamp)},
			{Name: "X-Nonce", Value: []byte(nonce)},
			{Name: "X-Signature", Value: []byte(base64.StdEncoding.EncodeToString(signature))},
		},
		Body: &pb.HttpSignature_BodyBytes{BodyBytes: body},
	}, nil
}
