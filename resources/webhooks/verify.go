// Verifies a Rankacy webhook. Go 1.19 or later, nothing to install.
//
// Give it the body's raw bytes, before any JSON is read: io.ReadAll of the
// request's Body, with http.MaxBytesReader around it.
// Nothing signed names a time: to see a delivery twice, remember the digests.
package main

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
)

// Verify takes X-Rankacy-Signature as it came, and this subscription's secret.
func Verify(body []byte, header, secret string) bool {
	if secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	expected := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	// Equal takes the same time wherever they differ, and bears other lengths.
	return hmac.Equal([]byte(expected), []byte(header))
}

// One JSON object a line (body_base64, header, secret): true or false.
func main() {
	lines := json.NewDecoder(bufio.NewReader(os.Stdin))
	for {
		var told struct {
			Body   []byte `json:"body_base64"`
			Header string `json:"header"`
			Secret string `json:"secret"`
		}
		if err := lines.Decode(&told); err == io.EOF {
			return
		} else if err != nil {
			log.Fatal(err)
		}
		fmt.Println(Verify(told.Body, told.Header, told.Secret))
	}
}
