// Reads revocation lists with Go's crypto/x509 and OCSP answers with golang.org/x/crypto/ocsp: see ../README.md.
package main

import (
	"bufio"
	"bytes"
	"crypto/x509"
	"encoding/asn1"
	"encoding/binary"
	"fmt"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"golang.org/x/crypto/ocsp"
)

var deltaIndicator = asn1.ObjectIdentifier{2, 5, 29, 27}

func main() {
	if len(os.Args) != 2 {
		fail(fmt.Errorf("usage: %s FOLDER", os.Args[0]))
	}
	folder := os.Args[1]
	issuer := certificate(read(folder, "issuer.der"))
	root := certificate(read(folder, "root.der"))
	fail(issuer.CheckSignatureFrom(root))
	seconds, err := strconv.ParseInt(strings.TrimSpace(string(read(folder, "at"))), 10, 64)
	fail(err)
	at := time.Unix(seconds, 0)
	certificates := []*x509.Certificate{}
	for _, der := range split(read(folder, "certificates.bin")) {
		one := certificate(der)
		fail(one.CheckSignatureFrom(issuer))
		certificates = append(certificates, one)
	}

	out := bufio.NewWriter(os.Stdout)
	defer out.Flush()
	for _, name := range []string{"complete", "base", "delta"} {
		printList(out, name, read(folder, name+".crl"), issuer, certificates, at)
	}
	for i, der := range split(read(folder, "answers.bin")) {
		printAnswer(out, der, issuer, certificates[i], at)
	}
}

func printList(out *bufio.Writer, name string, der []byte, issuer *x509.Certificate, certificates []*x509.Certificate, at time.Time) {
	list, err := x509.ParseRevocationList(der)
	fail(err)
	fail(list.CheckSignatureFrom(issuer))
	if list.ThisUpdate.After(at) || !list.NextUpdate.After(at) {
		fail(fmt.Errorf("%s is not in force", name))
	}
	base := "-"
	for _, extension := range list.Extensions {
		if extension.Id.Equal(deltaIndicator) {
			number := new(big.Int)
			_, err := asn1.Unmarshal(extension.Value, &number)
			fail(err)
			base = number.String()
		}
	}
	fmt.Fprintf(out, "list %s %s %s\n", name, list.Number, base)
	reasons := map[string]int{}
	for _, entry := range list.RevokedCertificateEntries {
		reasons[entry.SerialNumber.Text(16)] = entry.ReasonCode
	}
	for _, one := range certificates {
		verdict := "good"
		if reason, listed := reasons[one.SerialNumber.Text(16)]; listed {
			verdict = strconv.Itoa(reason)
		}
		fmt.Fprintf(out, "%s %s %s\n", name, hex(one.SerialNumber), verdict)
	}
}

func printAnswer(out *bufio.Writer, der []byte, issuer, subject *x509.Certificate, at time.Time) {
	// Checks the responder's certificate and the signature.
	answer, err := ocsp.ParseResponseForCert(der, subject, issuer)
	fail(err)
	if answer.Certificate == nil || bytes.Equal(answer.Certificate.Raw, issuer.Raw) {
		fail(fmt.Errorf("the answer is not by a delegated responder"))
	}
	if len(answer.Certificate.ExtKeyUsage) != 1 || answer.Certificate.ExtKeyUsage[0] != x509.ExtKeyUsageOCSPSigning {
		fail(fmt.Errorf("the responder is not one for OCSP"))
	}
	if answer.ThisUpdate.After(at) || !answer.NextUpdate.After(at) || answer.Certificate.NotAfter.Before(answer.NextUpdate) {
		fail(fmt.Errorf("an answer is not in force"))
	}
	verdict := "unknown"
	switch answer.Status {
	case ocsp.Good:
		verdict = "good"
	case ocsp.Revoked:
		verdict = strconv.Itoa(answer.RevocationReason)
	}
	fmt.Fprintf(out, "ocsp %s %s\n", hex(answer.SerialNumber), verdict)
}

// Two digits an octet.
func hex(number *big.Int) string {
	return fmt.Sprintf("%x", number.Bytes())
}

func split(joined []byte) [][]byte {
	parts := [][]byte{}
	for len(joined) > 0 {
		end := 4 + binary.BigEndian.Uint32(joined)
		parts = append(parts, joined[4:end])
		joined = joined[end:]
	}
	return parts
}

func certificate(der []byte) *x509.Certificate {
	parsed, err := x509.ParseCertificate(der)
	fail(err)
	return parsed
}

func read(folder, name string) []byte {
	content, err := os.ReadFile(filepath.Join(folder, name))
	fail(err)
	return content
}

func fail(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}
