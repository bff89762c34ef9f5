// Verifies a Rankacy webhook. .NET 6 or later, or Mono.
//
// Give it the body's raw bytes, before any JSON is read:
// copy Request.Body into a MemoryStream; a bound model is
// no longer what was signed.
// No time is signed: remember the digests to see a replay.

using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;

public static class Webhook
{
    // header: X-Rankacy-Signature, as it came.
    public static bool Verify(byte[] body, string header, string secret)
    {
        if (string.IsNullOrEmpty(secret) || string.IsNullOrEmpty(header)) return false;
        using (var mac = new HMACSHA256(Encoding.UTF8.GetBytes(secret)))
        {
            var digest = BitConverter.ToString(mac.ComputeHash(body)).Replace("-", "");
            var expected = "sha256=" + digest.ToLowerInvariant();
            return IsSame(Encoding.UTF8.GetBytes(expected), Encoding.UTF8.GetBytes(header));
        }
    }

    // Takes the same time wherever they differ, as .NET 6's
    // CryptographicOperations.FixedTimeEquals does.
    static bool IsSame(byte[] expected, byte[] given)
    {
        if (expected.Length != given.Length) return false;
        var difference = 0;
        for (var i = 0; i < expected.Length; i++) difference |= expected[i] ^ given[i];
        return difference == 0;
    }
}

public static class Program
{
    // A line of JSON (body_base64, header, secret): true or false.
    public static void Main()
    {
        using (var lines = new StreamReader(Console.OpenStandardInput(), Encoding.UTF8))
        {
            string line;
            while ((line = lines.ReadLine()) != null)
            {
                var body = Convert.FromBase64String(Text(line, "body_base64"));
                var isValid = Webhook.Verify(body, Text(line, "header"), Text(line, "secret"));
                Console.WriteLine(isValid ? "true" : "false");
            }
        }
    }

    // Enough for flat objects, and the same in Mono, which has no System.Text.Json.
    static string Text(string line, string name)
    {
        var found = Regex.Match(line, "\"" + name + "\": ?\"((?:[^\"\\\\]|\\\\.)*)\"");
        return Regex.Unescape(found.Groups[1].Value);
    }
}
