// Checks an access token with go-jose: see ../README.md.
package main

import (
	"encoding/json"
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

func main() {
	if len(os.Args) != 4 {
		fail(2, fmt.Errorf("usage: %s JWKS ISSUER AUDIENCE", os.Args[0]))
	}
	text, err := os.ReadFile(os.Args[1])
	if err != nil {
		fail(2, err)
	}
	var keys jose.JSONWebKeySet
	if err := json.Unmarshal(text, &keys); err != nil {
		fail(2, err)
	}
	token, err := io.ReadAll(os.Stdin)
	if err != nil {
		fail(2, err)
	}
	parsed, err := jwt.ParseSigned(strings.TrimSpace(string(token)), []jose.SignatureAlgorithm{jose.ES256})
	if err != nil {
		fail(1, err)
	}
	var claims jwt.Claims
	var own struct {
		ClientID string `json:"client_id"`
	}
	if err := parsed.Claims(keys, &claims, &own); err != nil {
		fail(1, err)
	}
	expected := jwt.Expected{Issuer: os.Args[2], AnyAudience: jwt.Audience{os.Args[3]}, Time: time.Now()}
	if err := claims.Validate(expected); err != nil {
		fail(1, err)
	}
	fmt.Println(own.ClientID)
}

func fail(code int, err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(code)
}
