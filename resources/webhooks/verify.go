// Verifies a Rankacy webhook. Go 1.19 or later.
//
// Give it the body's raw bytes, before any JSON is read:
// io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20)).
// No time is signed: remember the digests to see a replay.
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

// header: X-Rankacy-Signature, as it came.
func Verify(body []byte, header, secret string) bool {
	if secret == "" {
		return false
	}
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write(body)
	expected := "sha256=" + hex.EncodeToString(mac.Sum(nil))
	// Takes the same time wherever they differ.
	return hmac.Equal([]byte(expected), []byte(header))
}

// A line of JSON (body_base64, header, secret): true or false.
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
