<?php
// Verifies a Rankacy webhook. PHP 8 or later.
//
// Give it the body's raw bytes, before any JSON is read:
// file_get_contents('php://input'), and as its header
// $_SERVER['HTTP_X_RANKACY_SIGNATURE'] ?? ''.
// No time is signed: remember the digests to see a replay.

declare(strict_types=1);

// $header: X-Rankacy-Signature, as it came.
function verify(string $body, string $header, string $secret): bool
{
    if ($secret === '') {
        return false;
    }
    $expected = 'sha256=' . hash_hmac('sha256', $body, $secret);
    // The expected one goes first; == would tell where they differ.
    return hash_equals($expected, $header);
}

// A line of JSON (body_base64, header, secret): true or false.
function main(): void
{
    while (($line = fgets(STDIN)) !== false) {
        $told = json_decode($line, true, 8, JSON_THROW_ON_ERROR);
        $body = base64_decode($told['body_base64'], true);
        echo verify($body, $told['header'], $told['secret']) ? 'true' : 'false', "\n";
    }
}

if (PHP_SAPI === 'cli' && realpath($argv[0]) === __FILE__) {
    main();
}
