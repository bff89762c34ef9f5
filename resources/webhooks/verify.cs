// Verifies a Rankacy webhook. .NET 6 or later, or Mono; nothing to install.
//
// Give it the body's raw bytes, before any JSON is read: copy Request.Body of
// ASP.NET Core into a MemoryStream; a bound model is no longer what was signed.
// Nothing signed names a time: to see a delivery twice, remember the digests.

using System;
using System.IO;
using System.Runtime.Serialization.Json;
using System.Security.Cryptography;
using System.Text;

public static class Webhook
{
    // header: X-Rankacy-Signature as it came; secret: this subscription's.
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

    // Takes the same time wherever they differ. On .NET 6 and later it may be
    // CryptographicOperations.FixedTimeEquals instead.
    static bool IsSame(byte[] expected, byte[] given)
    {
        if (expected.Length != given.Length) return false;
        var difference = 0;
        for (var i = 0; i < expected.Length; i++) difference |= expected[i] ^ given[i];
        return difference == 0;
    }
}

public class Vector
{
    public string body_base64 { get; set; }
    public string header { get; set; }
    public string secret { get; set; }
}

public static class Program
{
    // One JSON object a line (body_base64, header, secret): true or false.
    public static void Main()
    {
        var reader = new DataContractJsonSerializer(typeof(Vector));
        using (var lines = new StreamReader(Console.OpenStandardInput(), new UTF8Encoding(false)))
        {
            string line;
            while ((line = lines.ReadLine()) != null)
            {
                var told = (Vector)reader.ReadObject(new MemoryStream(Encoding.UTF8.GetBytes(line)));
                var body = Convert.FromBase64String(told.body_base64);
                Console.WriteLine(Webhook.Verify(body, told.header, told.secret) ? "true" : "false");
            }
        }
    }
}
